package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Stands in for SageMaker's labeling jobs: keeps them by name without regard to case, as the service does. */
public final class SageMakerStandIn extends JsonService {
    private final Map<String, ObjectNode> jobs = new TreeMap<>();

    /** Starts a server that knows of no jobs. */
    public SageMakerStandIn() {
        super("sagemaker/labeling", "SageMaker.", "ValidationException");
        start();
    }

    /** Names of the jobs that exist. */
    public synchronized List<String> names() {
        return jobs.values().stream()
                .map(job -> job.path("LabelingJobName").asText())
                .toList();
    }

    /** The job as it was asked for, with its status and counters, to be changed. */
    public synchronized ObjectNode job(String name) {
        return jobs.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    String name(ObjectNode request) {
        return request.path("LabelingJobName").asText();
    }

    @Override
    JsonNode answer(String operation, ObjectNode request) throws Refused {
        ObjectNode known = jobs.get(key(request));
        if (operation.equals("DescribeLabelingJob")) {
            if (known == null) {
                throw new Refused("ResourceNotFound", "Requested resource not found.");
            }
            return known;
        }
        if (operation.equals("StopLabelingJob")) {
            return stopped(known);
        }
        if (known != null) {
            throw new Refused("ResourceInUse", "Labeling job already exists.");
        }
        ObjectNode made = made(request);
        jobs.put(key(request), made);
        return JSON.createObjectNode().set("LabelingJobArn", made.get("LabelingJobArn"));
    }

    /** A job that runs is on its way to be stopped; another one can't be. */
    private static JsonNode stopped(@Nullable ObjectNode known) throws Refused {
        if (known == null) {
            throw new Refused("ResourceNotFound", "Requested resource not found.");
        }
        if (!known.path("LabelingJobStatus").asText().equals("InProgress")) {
            throw new Refused("ValidationException", "The job is not in progress.");
        }
        known.put("LabelingJobStatus", "Stopping");
        return JSON.createObjectNode();
    }

    private static String key(JsonNode request) {
        return request.path("LabelingJobName").asText().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode made(ObjectNode request) {
        ObjectNode job = request.deepCopy();
        job.put("LabelingJobStatus", "InProgress");
        job.putObject("LabelCounters")
                .put("TotalLabeled", 0)
                .put("HumanLabeled", 0)
                .put("MachineLabeled", 0)
                .put("FailedNonRetryableError", 0)
                .put("Unlabeled", 3);
        job.put("CreationTime", 1_790_000_000.5);
        job.put("LastModifiedTime", 1_790_000_000.5);
        job.put("JobReferenceCode", "abc");
        job.put(
                "LabelingJobArn",
                "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/"
                        + request.path("LabelingJobName").asText());
        return job;
    }
}
