package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Stands in for EMR, on clusters or serverless: takes what is to run, keeps it as it came, and runs nothing. */
public final class EmrStandIn extends JsonService {
    private final List<ObjectNode> requests = new ArrayList<>();

    private EmrStandIn(String model, String target, String invalid) {
        super(model, target, invalid);
        start();
    }

    /** Starts a server that takes clusters and their steps. */
    public static EmrStandIn ofClusters() {
        return new EmrStandIn("emr/emr", "ElasticMapReduce.", "InternalServerError"); // its model has no other
    }

    /** Starts a server that takes applications and their job runs. */
    public static EmrStandIn serverless() {
        return new EmrStandIn("emr/emr-serverless", "", "ValidationException");
    }

    /** What was taken last, with what its path says. */
    public synchronized JsonNode last() {
        return requests.get(requests.size() - 1);
    }

    @Override
    String name(ObjectNode request) {
        return Stream.of("/Steps/0/Name", "/ClusterId", "/Name", "/name")
                .map(request::at)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst()
                .orElse("");
    }

    @Override
    JsonNode answer(String operation, ObjectNode request) {
        ObjectNode answer = JSON.createObjectNode();
        if (operation.equals("DescribeCluster")) { // the command line of AWS asks it before it adds a step
            answer.putObject("Cluster").put("Id", name(request)).put("ReleaseLabel", "emr-7.14.0");
            return answer;
        }
        requests.add(request);
        switch (operation) {
            case "AddJobFlowSteps" -> {
                ArrayNode ids = answer.putArray("StepIds");
                request.path("Steps").forEach(step -> ids.add("s-" + requests.size() + "STEP" + ids.size()));
            }
            case "RunJobFlow" -> answer.put("JobFlowId", "j-" + requests.size());
            case "CreateApplication" ->
                answer.put("applicationId", "00f" + requests.size())
                        .put("name", name(request))
                        .put(
                                "arn",
                                "arn:aws:emr-serverless:us-east-1:111122223333:/applications/00f" + requests.size());
            default -> {
                String application = request.path("applicationId").asText();
                answer.put("applicationId", application)
                        .put("jobRunId", "00j" + requests.size())
                        .put(
                                "arn",
                                "arn:aws:emr-serverless:us-east-1:111122223333:/applications/" + application
                                        + "/jobruns/00j" + requests.size());
            }
        }
        return answer;
    }
}
