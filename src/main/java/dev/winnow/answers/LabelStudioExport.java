package dev.winnow.answers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.answers.Answer.Origin;
import dev.winnow.answers.Answer.Target;
import dev.winnow.config.AnswerSettings.Export;
import dev.winnow.config.TaskType;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.ports.ObjectStore;
import dev.winnow.stats.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * JSON exports of Label Studio: arrays of tasks with their annotations; choices and upright rectangles.
 *
 * <p>Predictions and drafts are no answers. A canceled annotation was skipped. An empty one says that there is nothing to
 * draw where others of the same file drew rectangles; elsewhere it says nothing. One chosen class is a set of one where the
 * task's data says that several could be chosen.
 */
final class LabelStudioExport extends ExportReader {
    private static final double PERCENT = 100;
    private static final String RECTANGLES = "rectanglelabels";
    private static final Set<String> BOXES = Set.of(TaskType.BOUNDING_BOX.id(), TaskType.BOX_ADJUSTMENT.id());
    private static final String CHOICES = "choices";

    LabelStudioExport(
            ObjectStore objects,
            String path,
            String name,
            Export settings,
            Pseudonyms pseudonyms,
            Found found,
            Digest fingerprint) {
        super(objects, path, name, settings, pseudonyms, found, fingerprint);
    }

    @Override
    void read(List<String> uris) {
        each(uris.stream().filter(uri -> uri.endsWith(".json")).toList(), (uri, text) -> {
            JsonNode tasks = parse(text, origin(uri), "object");
            boolean drawn = tasks.findValuesAsText("type").contains(RECTANGLES);
            for (JsonNode task : tasks.isArray() ? tasks : List.of(tasks)) {
                if (task.path("annotations").isArray()) {
                    task(task, drawn, origin(uri));
                } else if (!tasks.isMissingNode()) {
                    found.reject(
                            "format_unknown",
                            origin(uri),
                            "task " + task.path("id").asText());
                }
            }
        });
    }

    private void task(JsonNode task, boolean drawn, Origin origin) {
        String job = "project-" + task.path("project").asText("");
        Target target = target(task, job);
        String type = task.path("data").path("task-type").asText();
        boolean several = type.equals(TaskType.MULTI_LABEL.id());
        // Nothing drawn is an answer about boxes, even where nobody drew any.
        boolean boxes = drawn || BOXES.contains(type);
        if (task.path("annotations").isEmpty()) {
            found.reject("unlabeled", origin, target.item());
        }
        for (JsonNode annotation : task.path("annotations")) {
            annotation(annotation, job, target, boxes, several, origin);
        }
    }

    private static Target target(JsonNode task, String job) {
        JsonNode data = task.path("data");
        String image = data.path("image").asText(data.path("source-ref").asText());
        String key = ownKey(data);
        if (key != null) {
            return new Target(key, true, image.isEmpty() ? null : image);
        }
        return image.isEmpty()
                ? new Target(job + "/task-" + task.path("id").asText(), false, null)
                : new Target(image, false, image);
    }

    private void annotation(
            JsonNode annotation, String job, Target target, boolean drawn, boolean several, Origin origin) {
        if (annotation.path("was_cancelled").asBoolean()) {
            found.reject("skipped", origin, target.item());
            return;
        }
        JsonNode by = annotation.path("completed_by");
        String worker = (by.isObject() ? by.path("id") : by).asText(""); // null once the account is gone
        boolean gold = annotation.path("ground_truth").asBoolean();
        if (worker.isEmpty() && !gold) {
            found.reject("worker_missing", origin, target.item());
            return;
        }
        Optional<Content> content = content(annotation.path("result"), drawn, several);
        if (content.isEmpty()) {
            found.reject("answer_unsupported", origin, target.item());
            return;
        }
        found.answer(new Answer(
                settings.useCase(),
                job,
                target,
                gold ? "" : pseudonyms.of("label-studio:" + worker),
                gold ? Answers.GOLD : person(),
                content.get(),
                null,
                instant(annotation
                        .path("updated_at")
                        .asText(annotation.path("created_at").asText())),
                seconds(annotation.path("lead_time")),
                guideline(),
                origin));
    }

    private static Optional<Content> content(JsonNode result, boolean drawn, boolean several) {
        List<Content.Drawn> boxes = new ArrayList<>();
        List<String> choices = new ArrayList<>();
        boolean chosen = false;
        for (JsonNode region : result) {
            String type = region.path("type").asText();
            if (type.equals(RECTANGLES)) {
                boxes.add(box(region));
            } else if (type.equals(CHOICES)) {
                chosen = true;
                region.path("value").path(CHOICES).forEach(choice -> choices.add(choice.asText()));
            } else {
                return Optional.empty();
            }
        }
        if (!boxes.isEmpty() || (drawn && result.isArray() && !chosen)) {
            return boxes.stream().allMatch(Content::drawn) ? Optional.of(Content.boxes(boxes)) : Optional.empty();
        }
        if (!chosen) {
            return Optional.empty();
        }
        return Optional.of(choices.size() == 1 && !several ? Content.label(choices.get(0)) : Content.labels(choices));
    }

    /** Percent of the image to its pixels; a rotated rectangle is no upright box and becomes none. */
    private static Content.Drawn box(JsonNode region) {
        JsonNode value = region.path("value");
        double width = region.path("original_width").asDouble(Double.NaN) / PERCENT;
        double height = region.path("original_height").asDouble(Double.NaN) / PERCENT;
        boolean upright = value.path("rotation").asDouble() == 0;
        return new Content.Drawn(
                upright ? value.path(RECTANGLES).path(0).asText() : "",
                value.path("x").asDouble(Double.NaN) * width,
                value.path("y").asDouble(Double.NaN) * height,
                value.path("width").asDouble(Double.NaN) * width,
                value.path("height").asDouble(Double.NaN) * height);
    }
}
