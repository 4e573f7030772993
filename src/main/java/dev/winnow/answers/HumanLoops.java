package dev.winnow.answers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.answers.Answer.Target;
import dev.winnow.config.AnswerSettings.Export;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.ports.ObjectStore;
import dev.winnow.stats.Digest;
import java.util.List;

/** Output of Amazon A2I human loops: one object a loop. The job is the flow definition. */
final class HumanLoops extends ExportReader {
    /** Where a loop's own input may name the image; else the loop itself is the item. */
    private static final List<String> IMAGES = List.of("source-ref", "taskObject", "image");

    HumanLoops(
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
            JsonNode loop = parse(text, origin(uri), "object");
            if (loop.path("humanAnswers").isArray()) {
                String flow = loop.path("flowDefinitionArn").asText();
                String job = flow.substring(flow.lastIndexOf('/') + 1);
                Target target = target(loop);
                for (JsonNode answer : loop.path("humanAnswers")) {
                    workerAnswer(answer, Content.ofForm(answer.path("answerContent")), job, target, origin(uri));
                }
            } else if (!loop.isMissingNode()) {
                found.reject("format_unknown", origin(uri), "object");
            }
        });
    }

    private static Target target(JsonNode loop) {
        JsonNode input = loop.path("inputContent");
        String image = IMAGES.stream()
                .map(key -> input.path(key).asText())
                .filter(uri -> !uri.isEmpty())
                .findFirst()
                .orElse("");
        String key = ownKey(input);
        if (key != null) {
            return new Target(key, true, image.isEmpty() ? null : image);
        }
        return image.isEmpty()
                ? new Target(loop.path("humanLoopName").asText(), false, null)
                : new Target(image, false, image);
    }
}
