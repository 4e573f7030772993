package dev.winnow.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.spark.sql.Row;

/** Our own items of jobs, from the lines of their manifests or the tasks of their files. */
final class JobItems {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore objects;

    JobItems(ObjectStore objects) {
        this.objects = objects;
    }

    /**
     * Returns the items of a job, planted ones among them.
     *
     * @param job row of {@link LabelingJobs}
     * @throws ServiceException if a file is gone or is no JSON
     */
    Set<String> of(Row job) {
        Set<String> items = new LinkedHashSet<>();
        for (String file : LabelingJobs.filesOfItems(job)) {
            String text = objects.get(file)
                    .orElseThrow(() -> ServiceException.refused(
                            "The manifest of a labeling job is gone: " + file + ": restore it", null))
                    .text();
            if (file.contains(LabelingJobs.TASKS)) {
                parse(text, file).forEach(task -> items.add(item(task.path("data"))));
            } else {
                text.lines().forEach(line -> items.add(item(parse(line, file))));
            }
        }
        return items;
    }

    private static String item(JsonNode data) {
        return data.path("item-id").asText();
    }

    private static JsonNode parse(String json, String file) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw ServiceException.refused(
                    "The manifest " + file + " holds what is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
