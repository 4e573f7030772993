package dev.winnow.labeling.groundtruth;

import dev.winnow.config.ConfigException;
import dev.winnow.labeling.Html;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.LabelingJobs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Label category files; their order gives the number of a class (SageMaker developer guide, label category file). */
final class LabelCategories {
    /** Answers to the question whether boxes are right. */
    static final List<String> VERDICTS = List.of(LabelingJobs.RIGHT, LabelingJobs.WRONG, LabelingJobs.CANT_TELL);

    private static final int MAX_LABEL = 256;
    private static final int MAX_SEQUENCE_LABEL = 16;
    private static final int MAX_FULL_INSTRUCTION = 2_047;

    private LabelCategories() {}

    /** Returns whether a class of this name can be a category. */
    static boolean offers(Task task, String label) {
        return !label.isBlank() && label.length() <= longest(task);
    }

    private static int longest(Task task) {
        return task.sequences() ? MAX_SEQUENCE_LABEL : MAX_LABEL;
    }

    /** Returns the categories of a job, checked: verdicts first where old boxes are judged. */
    static List<String> of(LabelingJob job) {
        Task task = Task.of(job.type());
        if (job.labels().size() < task.minLabels || job.labels().size() > task.maxLabels) {
            throw new ConfigException(job.labelsKey() + ": " + job.labels().size() + " categories, "
                    + job.type().id() + " takes " + task.minLabels
                    + (task.maxLabels == Integer.MAX_VALUE ? " or more" : " to " + task.maxLabels)
                    + "; without the key, the classes predicted in the round are offered");
        }
        for (String label : job.labels()) {
            if (!offers(task, label)) {
                throw new ConfigException(job.labelsKey() + ": a category has " + label.length()
                        + " characters, " + job.type().id() + " takes 1 to " + longest(task)
                        + " and not blanks alone; name the categories there");
            }
        }
        if (new HashSet<>(job.labels()).size() < job.labels().size()) {
            throw new ConfigException(job.labelsKey() + ": a category is named twice");
        }
        if (task != Task.BOX_VERIFICATION) {
            return job.labels();
        }
        List<String> all = new ArrayList<>(VERDICTS);
        job.labels().stream().filter(label -> !VERDICTS.contains(label)).forEach(all::add);
        return all;
    }

    /** Returns the file of a job. */
    static String file(LabelingJob job) {
        Task task = Task.of(job.type());
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(
                task.sequences() ? "documentVersion" : "document-version",
                task.sequences() ? "2020-03-01" : "2018-11-28");
        file.put("labels", of(job).stream().map(label -> Map.of("label", label)).toList());
        if (task == Task.VIDEO_FRAMES) {
            file.put("annotationType", "BoundingBox");
        }
        if (task.sequences()) {
            String text =
                    job.task().instruction().isEmpty() ? task.title : job.task().instruction();
            String full = "<p>" + Html.escaped(text) + "</p>" + Html.guidelines(job.task());
            if (full.length() > MAX_FULL_INSTRUCTION) {
                throw new ConfigException(job.key("instruction") + " and guidelines make " + full.length()
                        + " characters, " + job.type().id() + " takes " + MAX_FULL_INSTRUCTION);
            }
            Map<String, String> instructions = new LinkedHashMap<>();
            instructions.put("shortInstruction", text);
            instructions.put("fullInstruction", full);
            file.put("instructions", instructions);
        }
        return Json.text(file) + "\n";
    }
}
