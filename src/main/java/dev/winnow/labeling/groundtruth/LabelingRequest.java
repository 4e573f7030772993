package dev.winnow.labeling.groundtruth;

import dev.winnow.config.ConfigException;
import dev.winnow.config.GroundTruthSettings;
import dev.winnow.config.TaskSettings;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The request for CreateLabelingJob, under the names of the API's own members, checked against its limits (SageMaker API
 * reference, CreateLabelingJob; developer guide, automated data labeling).
 */
final class LabelingRequest {
    private static final int MIN_AUTO_ITEMS = 1_250;
    private static final int MAX_URI = 1_024;
    private static final int MAX_ATTRIBUTE_HEAD = 60;
    private static final int MILLS_A_DOLLAR = 1_000;
    private static final int MILLS_A_CENT = 10;

    private final GroundTruthSettings settings;
    private final LabelingJob job;
    private final Task task;

    LabelingRequest(GroundTruthSettings settings, LabelingJob job) {
        this.settings = settings;
        this.job = job;
        this.task = Task.of(job.type());
    }

    String manifestName() {
        return job.name() + ".manifest.jsonl";
    }

    String templateName() {
        return job.name() + ".template.liquid.html";
    }

    /** Refuses what the service would refuse, or what nobody allowed. */
    void check() {
        List<String> labels = LabelCategories.of(job);
        if (attribute().equals(job.task().oldLabelsAttribute())) {
            throw new ConfigException(job.key("old-labels.attribute") + " = " + attribute()
                    + " is the attribute of the answers, too: give the old labels another name");
        }
        if (autoLabeling()) {
            checkAutoLabeling(labels);
        }
        checkPublic();
        if (!settings.region().isEmpty()) {
            Functions.requireKnown(settings.region());
        }
        if (!settings.region().isEmpty()
                && !workteam().isEmpty()
                && !workteam().contains(":sagemaker:" + settings.region() + ":")) {
            throw new ConfigException("labeling.ground-truth.region = " + settings.region() + ", but the work team "
                    + workteam() + " is of another Region");
        }
        for (String uri : List.of(s3(job.prefix()) + templateName(), output())) {
            if (uri.length() > MAX_URI) {
                throw new ConfigException("labeling.path is too long: a URI below it has " + uri.length()
                        + " characters, at most " + MAX_URI + " are taken");
            }
        }
    }

    private boolean autoLabeling() {
        return job.task().autoLabeling() && !job.answeredWhole() && task != Task.BATCH_REVIEW;
    }

    private void checkAutoLabeling(List<String> labels) {
        String key = job.key("auto-labeling");
        if (task.algorithm == null) {
            throw new ConfigException(
                    key + " can't be had with type = " + job.type().id());
        }
        if (job.items().size() < MIN_AUTO_ITEMS) {
            throw new ConfigException(key + ": job " + job.name() + " has "
                    + job.items().size() + " items, automated labeling needs at least " + MIN_AUTO_ITEMS);
        }
        if (task == Task.SEMANTIC_SEGMENTATION && labels.size() > Task.MAX_AUTO_MASK_CLASSES) {
            throw new ConfigException(job.labelsKey() + ": " + labels.size()
                    + " categories, automated labeling of masks" + " takes at most " + Task.MAX_AUTO_MASK_CLASSES);
        }
    }

    /** Images of customers go to the public for a price and from sites that allow it, or not at all. */
    private void checkPublic() {
        boolean isPublic = workteam().contains("/public-crowd/");
        boolean priced = job.task().priceUsd().signum() > 0;
        if (priced && !isPublic) {
            throw new ConfigException(job.key("price") + " = " + job.task().priceUsd()
                    + " is for the public workforce only: set it to 0, or name the public work team");
        }
        if (!isPublic) {
            return;
        }
        if (!priced) {
            throw new ConfigException(job.key("price") + " = 0: the public workforce is paid by the answer");
        }
        if (task.sequences()) {
            throw new ConfigException(job.key("type") + " = " + job.type().id() + " can't go to the public workforce");
        }
        for (LabelingItem item : job.items()) {
            if (!settings.publicSites().contains(item.site())) {
                throw new ConfigException(
                        "labeling.ground-truth.public-sites does not name the site of item " + item.itemId()
                                + ": its image may not be shown to the public workforce of " + job.key("workteam"));
            }
        }
    }

    /** Returns the keys without which the request can't be made. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (settings.region().isEmpty()) {
            missing.add("labeling.ground-truth.region");
        }
        if (settings.role().isEmpty()) {
            missing.add("labeling.ground-truth.role");
        }
        if (workteam().isEmpty()) {
            missing.add("labeling.ground-truth.workteam");
        }
        if (!s3(job.prefix()).startsWith("s3://")) {
            missing.add("labeling.path on s3://");
        }
        return missing;
    }

    /** Returns the name of the label attribute: letters, digits and hyphens, the ending as the task wants it. */
    String attribute() {
        String head = job.useCase()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String shorter =
                head.substring(0, Math.min(head.length(), MAX_ATTRIBUTE_HEAD)).replaceAll("-$", "");
        return (shorter.isEmpty() ? "item" : shorter) + "-" + task.attribute;
    }

    /** Returns the members of the request. */
    Map<String, Object> members(String categoriesName) {
        TaskSettings asked = job.task();
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("DataSource", Map.of("S3DataSource", Map.of("ManifestS3Uri", s3(job.prefix()) + manifestName())));
        if (!settings.contentClassifiers().isEmpty()) {
            input.put("DataAttributes", Map.of("ContentClassifiers", settings.contentClassifiers()));
        }
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("S3OutputPath", output());
        putUnlessEmpty(output, "KmsKeyId", settings.kmsKey());

        Map<String, Object> request = new LinkedHashMap<>();
        request.put("LabelingJobName", job.name());
        request.put("LabelAttributeName", attribute());
        request.put("InputConfig", input);
        request.put("OutputConfig", output);
        request.put("RoleArn", settings.role());
        request.put("LabelCategoryConfigS3Uri", s3(job.prefix()) + categoriesName);
        Map<String, Object> stop = new LinkedHashMap<>();
        if (asked.stopItems() > 0 && !job.answeredWhole()) {
            stop.put("MaxHumanLabeledObjectCount", asked.stopItems());
        }
        if (asked.stopPercent() > 0 && !job.answeredWhole()) {
            stop.put("MaxPercentageOfInputDatasetLabeled", asked.stopPercent());
        }
        if (!stop.isEmpty()) {
            request.put("StoppingConditions", stop);
        }
        Functions functions = new Functions(settings.region());
        if (autoLabeling() && task.algorithm != null) {
            Map<String, Object> auto = new LinkedHashMap<>();
            auto.put("LabelingJobAlgorithmSpecificationArn", functions.algorithm(task.algorithm));
            putUnlessEmpty(auto, "InitialActiveLearningModelArn", asked.initialModel());
            if (!settings.volumeKmsKey().isEmpty()) {
                auto.put("LabelingJobResourceConfig", Map.of("VolumeKmsKeyId", settings.volumeKmsKey()));
            }
            request.put("LabelingJobAlgorithmsConfig", auto);
        }
        request.put("HumanTaskConfig", humanTask(functions));
        request.put("Tags", tags());
        return request;
    }

    private Map<String, Object> humanTask(Functions functions) {
        TaskSettings asked = job.task();
        Map<String, Object> human = new LinkedHashMap<>();
        human.put("WorkteamArn", workteam());
        human.put(
                "UiConfig",
                task.sequences()
                        ? Map.of("HumanTaskUiArn", functions.page(task.page()))
                        : Map.of("UiTemplateS3Uri", s3(job.prefix()) + templateName()));
        if (task.function != null) {
            human.put("PreHumanTaskLambdaArn", functions.before(task.function));
        }
        if (!asked.keywords().isEmpty()) {
            human.put("TaskKeywords", asked.keywords());
        }
        String title = task.title(asked);
        human.put("TaskTitle", title);
        boolean plain = task == Task.BATCH_REVIEW || asked.description().isEmpty();
        human.put("TaskDescription", plain ? title : asked.description());
        human.put("NumberOfHumanWorkersPerDataObject", asked.workers());
        human.put("TaskTimeLimitInSeconds", asked.timeLimit().toSeconds());
        human.put("TaskAvailabilityLifetimeInSeconds", asked.availability().toSeconds());
        human.put("MaxConcurrentTaskCount", asked.concurrentTasks());
        if (task.function != null) {
            human.put(
                    "AnnotationConsolidationConfig",
                    Map.of("AnnotationConsolidationLambdaArn", functions.after(task.function)));
        }
        if (asked.priceUsd().signum() > 0) {
            human.put("PublicWorkforceTaskPrice", Map.of("AmountInUsd", price(asked.priceUsd())));
        }
        return human;
    }

    private static Map<String, Integer> price(BigDecimal dollars) {
        int mills = dollars.movePointRight(3).intValueExact();
        Map<String, Integer> price = new LinkedHashMap<>();
        price.put("Dollars", mills / MILLS_A_DOLLAR);
        price.put("Cents", mills % MILLS_A_DOLLAR / MILLS_A_CENT);
        price.put("TenthFractionsOfACent", mills % MILLS_A_CENT);
        return price;
    }

    private List<Map<String, String>> tags() {
        Map<String, String> tags = new TreeMap<>(settings.tags());
        tags.put("winnow-pipeline", job.pipeline());
        tags.put("winnow-round", job.items().get(0).roundId());
        tags.put("winnow-run", job.items().get(0).runId());
        if (!job.task().guidelinesVersion().isEmpty()) {
            tags.put("winnow-guidelines", job.task().guidelinesVersion());
        }
        List<Map<String, String>> members = new ArrayList<>();
        tags.forEach((key, value) -> {
            Map<String, String> tag = new LinkedHashMap<>();
            tag.put("Key", key);
            tag.put("Value", value);
            members.add(tag);
        });
        return members;
    }

    private String workteam() {
        return job.task().workteam().isEmpty()
                ? settings.workteam()
                : job.task().workteam();
    }

    private String output() {
        return settings.output().isEmpty() ? s3(job.output()) : settings.output();
    }

    /** The service knows no {@code s3a://}. */
    private static String s3(String uri) {
        return uri.startsWith("s3a://") ? "s3://" + uri.substring("s3a://".length()) : uri;
    }

    private static void putUnlessEmpty(Map<String, Object> members, String name, String value) {
        if (!value.isEmpty()) {
            members.put(name, value);
        }
    }
}
