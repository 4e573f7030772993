package dev.winnow.labeling.labelstudio;

import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import dev.winnow.labeling.Html;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.LabelingTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Projects of Label Studio: the project as its HTTP API takes it, its labeling configuration, and task files to import.
 */
public final class LabelStudioTarget implements LabelingTarget {
    /** Longest title of a project, which is the job's name (Label Studio, model of projects). */
    private static final int MAX_TITLE = 50;

    /** A project with more tasks is slow, by the documentation. */
    private static final int MAX_TASKS = 100_000;

    @Override
    public Target kind() {
        return Target.LABEL_STUDIO;
    }

    @Override
    public int maxNameLength() {
        return MAX_TITLE;
    }

    @Override
    public boolean takes(TaskType type) {
        return switch (type) {
            case IMAGE_CLASSIFICATION,
                    CLASS_VERIFICATION,
                    MULTI_LABEL,
                    BOUNDING_BOX,
                    BOX_ADJUSTMENT,
                    TEXT_CLASSIFICATION -> true;
            case BOX_VERIFICATION, SEMANTIC_SEGMENTATION, VIDEO_FRAMES, POINT_CLOUD, BATCH_REVIEW -> false;
        };
    }

    @Override
    public int maxItems(TaskType type) {
        if (!takes(type)) {
            throw new ConfigException("labeling.tasks: type = " + type.id()
                    + " can't be had in Label Studio; take another type, or target = ground-truth");
        }
        return MAX_TASKS;
    }

    @Override
    public boolean offers(TaskType type, String label) {
        return LabelConfig.offers(label);
    }

    @Override
    public JobFiles write(LabelingJob job, Path folder) throws IOException {
        String config = LabelConfig.of(job);
        String configName = job.name() + ".label-config.xml";
        String projectName = job.name() + ".project.json";
        Files.writeString(folder.resolve(configName), config + "\n");
        Files.writeString(folder.resolve(projectName), Json.text(project(job, config)) + "\n");
        List<String> tasks = Tasks.write(job, folder);
        List<String> names = new ArrayList<>(List.of(configName, projectName));
        names.addAll(tasks);
        return new JobFiles(tasks.get(0), configName, names, projectName, tasks, Map.of(), List.of());
    }

    /** Returns the body of {@code POST /api/projects}. */
    static Map<String, Object> project(LabelingJob job, String config) {
        TaskSettings task = job.task();
        Map<String, Object> project = new LinkedHashMap<>();
        project.put("title", job.name());
        project.put("description", description(task));
        project.put("label_config", config);
        String instruction = task.instruction().isEmpty()
                ? ""
                : "<p>" + Html.escaped(task.instruction()).replaceAll("\\R", "<br>") + "</p>";
        String shown = instruction + Html.guidelines(task);
        project.put("expert_instruction", shown);
        project.put("show_instruction", !shown.isEmpty());
        project.put("show_skip_button", true);
        // No box is an answer, no choice is none.
        project.put("enable_empty_annotation", job.type().blind() == TaskType.BOUNDING_BOX);
        project.put("show_collab_predictions", true);
        project.put("maximum_annotations", task.workers());
        project.put("sampling", "Sequential sampling");
        return project;
    }

    private static String description(TaskSettings task) {
        String asked = task.description().isEmpty() ? task.title() : task.description();
        String version = task.guidelinesVersion().isEmpty() ? "" : "Guidelines version " + task.guidelinesVersion();
        return asked.isEmpty() || version.isEmpty() ? asked + version : asked + " (" + version + ")";
    }
}
