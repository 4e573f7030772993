package dev.winnow.labeling.groundtruth;

import dev.winnow.labeling.Html;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingJob;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages that workers see: a Liquid template of each task among the resources, completed with what is asked.
 *
 * <p>What is put in is escaped as HTML and holds no brace, so that it can't become markup nor Liquid.
 */
final class WorkerTemplate {
    /** Where a value goes, such as {@code @title@}. */
    private static final Pattern PLACE = Pattern.compile("@([a-z]+)@");

    private WorkerTemplate() {}

    /** Returns the template of a job that has one. */
    static String of(LabelingJob job) {
        Task task = Task.of(job.type());
        String title = task.title(job.task());
        boolean plain = task == Task.BATCH_REVIEW || job.task().instruction().isEmpty();
        String instruction = plain ? title : job.task().instruction();
        String asked = Html.escaped(instruction).replaceAll("\\R", "<br>");
        Map<String, String> values = Map.of(
                "title", Html.escaped(title),
                "short", "<p>" + asked + "</p>",
                "full", "<p>" + asked + "</p>" + Html.guidelines(job.task()),
                "old", job.task().oldLabelsAttribute(),
                "labels", Html.escaped(Json.text(job.labels())),
                "verdicts", Html.escaped(Json.text(LabelCategories.VERDICTS)));
        // In one pass, so that a text that reads like a place is left alone.
        return PLACE.matcher(resource(job.type().id() + ".liquid.html"))
                .replaceAll(place -> Matcher.quoteReplacement(
                        Objects.requireNonNull(values.get(place.group(1)), "the template asks for what there is")));
    }

    private static String resource(String name) {
        try (InputStream in = WorkerTemplate.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The application lacks the worker template " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Reading the worker template " + name + " failed", e);
        }
    }
}
