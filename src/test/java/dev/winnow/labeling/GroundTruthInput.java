package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What Ground Truth asks of manifests, label category files and requests for images (SageMaker developer guide, input
 * data and quotas; API reference, CreateLabelingJob and HumanTaskConfig).
 */
public final class GroundTruthInput {
    private static final String NAME = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";
    private static final String ATTRIBUTE = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}";
    private static final String S3 = "s3://[a-z0-9.-]{3,63}/.{1,1000}";
    private static final Set<String> MEMBERS = Set.of(
            "LabelingJobName",
            "LabelAttributeName",
            "InputConfig",
            "OutputConfig",
            "RoleArn",
            "LabelCategoryConfigS3Uri",
            "StoppingConditions",
            "LabelingJobAlgorithmsConfig",
            "HumanTaskConfig",
            "Tags");
    private static final Set<String> HUMAN_MEMBERS = Set.of(
            "WorkteamArn",
            "UiConfig",
            "PreHumanTaskLambdaArn",
            "TaskKeywords",
            "TaskTitle",
            "TaskDescription",
            "NumberOfHumanWorkersPerDataObject",
            "TaskTimeLimitInSeconds",
            "TaskAvailabilityLifetimeInSeconds",
            "MaxConcurrentTaskCount",
            "AnnotationConsolidationConfig",
            "PublicWorkforceTaskPrice");

    /** Tasks whose label attribute must end in -ref; that of all others must not. */
    private static final Set<String> BY_REFERENCE =
            Set.of("SemanticSegmentation", "VideoObjectDetection", "3DPointCloudObjectTracking");

    private GroundTruthInput() {}

    /** Fails unless the file is a manifest that a job can take; returns its lines. */
    public static List<JsonNode> validated(String manifest) {
        assertThat(manifest).endsWith("\n").doesNotContain("\r", "\u2028", "\u2029", "\u0085");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : manifest.substring(0, manifest.length() - 1).split("\n", -1)) {
            assertThat(line).hasSizeLessThanOrEqualTo(100_000);
            lines.add(line(line));
        }
        assertThat(lines).hasSizeBetween(1, 100_000);
        return lines;
    }

    private static JsonNode line(String text) {
        JsonNode line = Jobs.json(text);
        assertThat(line.isObject()).as(text).isTrue();
        if (line.has("source")) {
            assertThat(line.has("source-ref")).isFalse();
            assertThat(line.path("source").asText()).isNotBlank();
        } else {
            assertThat(line.path("source-ref").asText()).matches("(?si)s3://[a-z0-9.-]{3,63}/.*\\.(jpg|jpeg|png|json)");
        }
        line.fields().forEachRemaining(attribute -> {
            assertThat(attribute.getKey()).matches("[a-z0-9]+(-[a-z0-9]+)*").isNotEqualTo("source-ref-metadata");
            assertThat(attribute.getValue().toString()).hasSizeLessThanOrEqualTo(20_000);
        });
        return line;
    }

    /** Fails unless the file names categories that a job can take; returns them. */
    public static List<String> categories(String file) {
        JsonNode parsed = Jobs.json(file);
        boolean sequences = parsed.has("documentVersion");
        assertThat(parsed.path(sequences ? "documentVersion" : "document-version")
                        .asText())
                .isEqualTo(sequences ? "2020-03-01" : "2018-11-28");
        List<String> labels = new ArrayList<>();
        parsed.path("labels").forEach(label -> labels.add(label.path("label").asText()));
        assertThat(labels).isNotEmpty().doesNotHaveDuplicates();
        assertThat(labels).allMatch(label -> !label.isEmpty() && label.length() <= (sequences ? 16 : 256));
        return labels;
    }

    /** Fails unless the text is a request that the API takes, with the lines of its manifest; returns it. */
    public static JsonNode request(String text, List<JsonNode> lines) {
        JsonNode request = Jobs.json(text);
        assertThat(MEMBERS).containsAll(names(request));
        assertThat(request.path("LabelingJobName").asText()).matches(NAME);
        JsonNode human = request.path("HumanTaskConfig");
        attribute(
                request.path("LabelAttributeName").asText(),
                human.path("PreHumanTaskLambdaArn").asText().replaceAll(".*:PRE-", ""),
                lines);
        assertThat(request.at("/InputConfig/DataSource/S3DataSource/ManifestS3Uri")
                        .asText())
                .matches(S3);
        assertThat(request.path("LabelCategoryConfigS3Uri").asText()).matches(S3);
        assertThat(request.at("/OutputConfig/S3OutputPath").asText()).matches(S3);
        assertThat(request.path("RoleArn").asText())
                .matches("arn:aws[a-z\\-]*:iam::\\d{12}:role/.+")
                .hasSizeBetween(20, 2_048);
        JsonNode stop = request.path("StoppingConditions");
        assertThat(stop.path("MaxHumanLabeledObjectCount").asInt(1)).isPositive();
        assertThat(stop.path("MaxPercentageOfInputDatasetLabeled").asInt(1)).isBetween(1, 100);
        human(human);
        assertThat(request.path("Tags").size()).isLessThanOrEqualTo(50);
        Set<String> keys = new HashSet<>();
        request.path("Tags").forEach(tag -> {
            assertThat(keys.add(tag.path("Key").asText())).isTrue();
            assertThat(tag.path("Key").asText()).matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");
            assertThat(tag.path("Value").asText()).matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");
        });
        return request;
    }

    private static void attribute(String attribute, String function, List<JsonNode> lines) {
        assertThat(attribute).matches(ATTRIBUTE).isNotIn("source", "source-ref").doesNotEndWith("-metadata");
        assertThat(attribute.endsWith("-ref")).isEqualTo(BY_REFERENCE.contains(function));
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.has(attribute))
                    .as("a line with the attribute counts as labeled")
                    .isFalse();
            assertThat(line.has(attribute + "-metadata")).isFalse();
        });
    }

    private static void human(JsonNode human) {
        assertThat(HUMAN_MEMBERS).containsAll(names(human));
        assertThat(human.path("WorkteamArn").asText())
                .matches("arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:workteam/.*")
                .hasSizeLessThanOrEqualTo(256);
        assertThat(human.path("UiConfig").size()).isEqualTo(1);
        assertThat(human.path("TaskTitle").asText()).hasSizeBetween(1, 128);
        assertThat(human.path("TaskDescription").asText()).hasSizeBetween(1, 255);
        assertThat(human.path("NumberOfHumanWorkersPerDataObject").asInt()).isBetween(1, 9);
        assertThat(human.path("TaskTimeLimitInSeconds").asInt()).isBetween(30, 2_952_000);
        assertThat(human.path("TaskAvailabilityLifetimeInSeconds").asInt()).isBetween(60, 2_592_000);
        assertThat(human.path("MaxConcurrentTaskCount").asInt()).isBetween(1, 5_000);
        JsonNode price = human.at("/PublicWorkforceTaskPrice/AmountInUsd");
        assertThat(price.isMissingNode())
                .isNotEqualTo(human.path("WorkteamArn").asText().contains("public-crowd"));
        assertThat(price.path("Dollars").asInt()).isBetween(0, 2);
        assertThat(price.path("Cents").asInt()).isBetween(0, 99);
        assertThat(price.path("TenthFractionsOfACent").asInt()).isBetween(0, 9);
        assertThat(human.path("TaskKeywords").size()).isLessThanOrEqualTo(5);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
