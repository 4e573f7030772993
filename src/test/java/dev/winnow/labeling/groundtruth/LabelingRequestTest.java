package dev.winnow.labeling.groundtruth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.GroundTruthInput;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Jobs;
import dev.winnow.labeling.LabelingItem;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.testing.Configs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LabelingRequestTest {
    private static final String OLD = "old-labels { path = \"/old\", attribute = model-boxes }";
    private static final String PUBLIC =
            "workteam = \"arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default\"";

    @TempDir
    private Path folder;

    private static LabelingJob job(WinnowConfig config, TaskType type, int items) {
        String reference = type == TaskType.VIDEO_FRAMES || type == TaskType.POINT_CLOUD
                ? "s3://bucket/%d.json"
                : "s3://bucket/%d.jpg";
        List<LabelingItem> all = Jobs.items(items).stream()
                .map(item -> Jobs.item("BOUNDARY", item.rank(), "dock", reference.formatted(item.rank())))
                .map(item -> type.showsBoxes() ? Jobs.withBoxes(item) : item)
                .toList();
        return Jobs.job(config, type, all, List.of("bag", "person"));
    }

    private JobFiles write(WinnowConfig config, LabelingJob job) {
        try {
            return new GroundTruthTarget(config.labeling().groundTruth()).write(job, folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode request(String labeling, TaskType type, int items) {
        WinnowConfig config = Jobs.configured(labeling);
        JobFiles files = write(config, job(config, type, items));
        assertThat(files.sentences()).isEmpty();
        assertThat(files.names()).allMatch(name -> Files.exists(folder.resolve(name)));
        List<JsonNode> lines = GroundTruthInput.validated(Jobs.text(folder.resolve(files.manifest())));
        return GroundTruthInput.request(Jobs.text(folder.resolve(String.valueOf(files.request()))), lines);
    }

    @ParameterizedTest
    @EnumSource(value = TaskType.class, names = "BATCH_REVIEW", mode = EnumSource.Mode.EXCLUDE)
    void everyTaskHasARequestThatTheServiceTakes(TaskType type) {
        JsonNode request = request("tasks.default { type = " + type.id() + ", " + OLD + " }", type, 2);
        assertThat(request.path("LabelingJobName").asText()).isEqualTo("p-dock-2026-10-01-1-1-0a1b2c3d");
        assertThat(request.at("/InputConfig/DataSource/S3DataSource/ManifestS3Uri")
                        .asText())
                .isEqualTo(Jobs.PREFIX + "p-dock-2026-10-01-1-1-0a1b2c3d.manifest.jsonl");
        assertThat(request.at("/OutputConfig/S3OutputPath").asText()).isEqualTo("s3://labels/p/answers/");
    }

    @Test
    void aBatchIsOneLineAndNeedsNoFunctionWhateverTheUseCaseIsAskedOtherwise() {
        WinnowConfig config = Jobs.configured("tasks.default { title = \"Which class?\", workers = 3 }");
        LabelingItem batch = Jobs.batch("bag", List.of("s3://bucket/1.jpg", "s3://bucket/2.jpg"));
        LabelingJob job =
                Jobs.job(config, TaskType.BATCH_REVIEW, List.of(batch), List.of("right", "wrong", "can't tell"));
        JobFiles files = write(config, job);
        List<JsonNode> lines = GroundTruthInput.validated(Jobs.text(folder.resolve(files.manifest())));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).path("source").asText()).isEqualTo("batch 1");
        assertThat(lines.get(0).path("shown-class").asText()).isEqualTo("bag");
        assertThat(lines.get(0).path("batch").toString())
                .isEqualTo("[{\"key\":\"0\",\"image\":\"s3://bucket/1.jpg\",\"item\":\"s3://bucket/1.jpg\"},"
                        + "{\"key\":\"1\",\"image\":\"s3://bucket/2.jpg\",\"item\":\"s3://bucket/2.jpg\"}]");
        JsonNode request = GroundTruthInput.request(Jobs.text(folder.resolve(String.valueOf(files.request()))), lines);
        assertThat(request.path("LabelAttributeName").asText()).isEqualTo("dock-batch-verdict");
        JsonNode human = request.path("HumanTaskConfig");
        assertThat(human.has("PreHumanTaskLambdaArn")).isFalse();
        assertThat(human.path("TaskTitle").asText()).isEqualTo("Is the class right that these images are shown with?");
        assertThat(human.path("NumberOfHumanWorkersPerDataObject").asInt()).isEqualTo(3);
    }

    @Test
    void aBatchThatAManifestCanNotHoldIsRefusedWithItsRemedy() {
        WinnowConfig config = Jobs.configured("");
        List<String> long25 = IntStream.range(0, 25)
                .mapToObj(i -> "s3://bucket/" + "x".repeat(500) + i + ".jpg")
                .toList();
        LabelingJob job =
                Jobs.job(config, TaskType.BATCH_REVIEW, List.of(Jobs.batch("bag", long25)), List.of("right", "wrong"));
        assertThatThrownBy(() -> write(config, job))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most 20000 and 256 are taken: lower quality.batches.size");
        LabelingJob other = Jobs.job(
                config, TaskType.BATCH_REVIEW, List.of(Jobs.batch("bag", List.of("/local.jpg"))), List.of("right"));
        assertThatThrownBy(() -> write(config, other))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("image /local.jpg of it has no s3:// URI that ends in .jpg, .jpeg or .png");
    }

    /** Functions, pages and label attributes as the developer guide and the API reference list them. */
    @ParameterizedTest
    @CsvSource({
        "IMAGE_CLASSIFICATION, ImageMultiClass, template, dock-class",
        "CLASS_VERIFICATION, '', template, dock-checked-class",
        "MULTI_LABEL, ImageMultiClassMultiLabel, template, dock-classes",
        "BOUNDING_BOX, BoundingBox, template, dock-boxes",
        "BOX_VERIFICATION, VerificationBoundingBox, template, dock-box-verdict",
        "BOX_ADJUSTMENT, AdjustmentBoundingBox, template, dock-adjusted-boxes",
        "SEMANTIC_SEGMENTATION, SemanticSegmentation, template, dock-mask-ref",
        "TEXT_CLASSIFICATION, TextMultiClass, template, dock-class",
        "VIDEO_FRAMES, VideoObjectDetection, VideoObjectDetection, dock-boxes-ref",
        "POINT_CLOUD, 3DPointCloudObjectTracking, PointCloudObjectTracking, dock-tracks-ref",
    })
    void eachTaskHasItsFunctionsItsPageAndALegalAttribute(
            TaskType type, String function, String page, String attribute) {
        JsonNode request = request("tasks.default { type = " + type.id() + ", " + OLD + " }", type, 1);
        JsonNode human = request.path("HumanTaskConfig");
        assertThat(request.path("LabelAttributeName").asText()).isEqualTo(attribute);
        String arn = "arn:aws:lambda:eu-west-1:568282634449:function:";
        assertThat(human.path("PreHumanTaskLambdaArn").asText())
                .isEqualTo(function.isEmpty() ? "" : arn + "PRE-" + function);
        assertThat(human.at("/AnnotationConsolidationConfig/AnnotationConsolidationLambdaArn")
                        .asText())
                .isEqualTo(function.isEmpty() ? "" : arn + "ACS-" + function);
        if (page.equals("template")) {
            assertThat(human.at("/UiConfig/UiTemplateS3Uri").asText())
                    .isEqualTo(Jobs.PREFIX + "p-dock-2026-10-01-1-1-0a1b2c3d.template.liquid.html");
        } else {
            assertThat(human.at("/UiConfig/HumanTaskUiArn").asText())
                    .isEqualTo("arn:aws:sagemaker:eu-west-1:394669845002:human-task-ui/" + page);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1, 432418664414",
        "us-east-2, 266458841044",
        "us-west-2, 081040173940",
        "ca-central-1, 918755190332",
        "eu-west-1, 568282634449",
        "eu-west-2, 487402164563",
        "eu-central-1, 203001061592",
        "ap-northeast-1, 477331159723",
        "ap-northeast-2, 845288260483",
        "ap-south-1, 565803892007",
        "ap-southeast-1, 377565633583",
        "ap-southeast-2, 454466003867",
    })
    void functionsAreThoseOfTheRegion(String region, String account) {
        assertThat(new Functions(region).before("BoundingBox"))
                .isEqualTo("arn:aws:lambda:" + region + ":" + account + ":function:PRE-BoundingBox");
        assertThat(new Functions(region).algorithm("object-detection"))
                .isEqualTo("arn:aws:sagemaker:" + region
                        + ":027400017018:labeling-job-algorithm-specification/object-detection");
    }

    @Test
    void allSettingsArriveInTheRequest() {
        JsonNode request = request("""
                ground-truth { output = "s3://out/x/", kms-key = k1, volume-kms-key = k2, tags { team = vision }
                  content-classifiers = [FreeOfAdultContent] }
                tasks.default { title = "Bags?", description = "Which bag", keywords = [bags, two words], workers = 5
                  time-limit = 10m, availability = 1h, concurrent-tasks = 50, stop { items = 900, percent = 80 }
                  auto-labeling = true, initial-model = "arn:aws:sagemaker:eu-west-1:111122223333:model/m"
                  guidelines { uri = "https://g", version = v7 } }
                """, TaskType.IMAGE_CLASSIFICATION, 1_250);
        assertThat(request).isEqualTo(Jobs.json("""
                {"LabelingJobName":"p-dock-2026-10-01-1-1-0a1b2c3d","LabelAttributeName":"dock-class",
                 "InputConfig":{"DataSource":{"S3DataSource":{"ManifestS3Uri":"$1.manifest.jsonl"}},
                  "DataAttributes":{"ContentClassifiers":["FreeOfAdultContent"]}},
                 "OutputConfig":{"S3OutputPath":"s3://out/x/","KmsKeyId":"k1"},
                 "RoleArn":"arn:aws:iam::111122223333:role/labeling",
                 "LabelCategoryConfigS3Uri":"$1.labels.json",
                 "StoppingConditions":{"MaxHumanLabeledObjectCount":900,"MaxPercentageOfInputDatasetLabeled":80},
                 "LabelingJobAlgorithmsConfig":{"LabelingJobAlgorithmSpecificationArn":
                   "arn:aws:sagemaker:eu-west-1:027400017018:labeling-job-algorithm-specification/image-classification",
                  "InitialActiveLearningModelArn":"arn:aws:sagemaker:eu-west-1:111122223333:model/m",
                  "LabelingJobResourceConfig":{"VolumeKmsKeyId":"k2"}},
                 "HumanTaskConfig":{"WorkteamArn":"arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/qa",
                  "UiConfig":{"UiTemplateS3Uri":"$1.template.liquid.html"},
                  "PreHumanTaskLambdaArn":"arn:aws:lambda:eu-west-1:568282634449:function:PRE-ImageMultiClass",
                  "TaskKeywords":["bags","two words"],"TaskTitle":"Bags?","TaskDescription":"Which bag",
                  "NumberOfHumanWorkersPerDataObject":5,"TaskTimeLimitInSeconds":600,
                  "TaskAvailabilityLifetimeInSeconds":3600,"MaxConcurrentTaskCount":50,
                  "AnnotationConsolidationConfig":{"AnnotationConsolidationLambdaArn":
                   "arn:aws:lambda:eu-west-1:568282634449:function:ACS-ImageMultiClass"}},
                 "Tags":[{"Key":"team","Value":"vision"},{"Key":"winnow-guidelines","Value":"v7"},
                  {"Key":"winnow-pipeline","Value":"p"},{"Key":"winnow-round","Value":"2026-10-01.1"},
                  {"Key":"winnow-run","Value":"00000000000000aa"}]}
                """.replace("$1", Jobs.PREFIX + "p-dock-2026-10-01-1-1-0a1b2c3d")));
    }

    @ParameterizedTest
    @CsvSource({"0.012, 0, 1, 2", "0.1, 0, 10, 0", "1.236, 1, 23, 6", "2.999, 2, 99, 9"})
    void thePublicWorkforceIsPaidInDollarsCentsAndTenthsOfACent(String price, int dollars, int cents, int tenths) {
        JsonNode amount = request(
                        "ground-truth.public-sites = [site], tasks.default { price = " + price + ", availability = 6h, "
                                + PUBLIC + " }",
                        TaskType.IMAGE_CLASSIFICATION,
                        1)
                .at("/HumanTaskConfig/PublicWorkforceTaskPrice/AmountInUsd");
        assertThat(List.of(
                        amount.path("Dollars").asInt(),
                        amount.path("Cents").asInt(),
                        amount.path("TenthFractionsOfACent").asInt()))
                .containsExactly(dollars, cents, tenths);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tasks.default { price = 0.1, availability = 6h, PUBLIC } | does not name the site of item item-1",
                "tasks.default { PUBLIC } | labeling.tasks.dock.price = 0: the public workforce is paid by the answer",
                "tasks.default { price = 0.1, availability = 6h } | labeling.tasks.dock.price = 0.1 is for the public"
                        + " workforce only",
                "ground-truth.region = us-east-1 | labeling.ground-truth.region = us-east-1, but the work team",
                "ground-truth { region = sa-east-1, workteam = \"arn:aws:sagemaker:sa-east-1:111122223333:workteam/"
                        + "private-crowd/q\" } | labeling.ground-truth.region = sa-east-1: Ground Truth has functions",
                "tasks.default.auto-labeling = true | job p-dock-2026-10-01-1-1-0a1b2c3d has 2 items, automated labeling"
                        + " needs at least 1250",
            })
    void whatTheServiceWouldRefuseOrNobodyAllowedIsRefusedBeforeAnythingIsWritten(String labeling, String problem) {
        WinnowConfig config = Jobs.configured(labeling.replace("PUBLIC", PUBLIC));
        assertThatThrownBy(() -> write(config, job(config, TaskType.IMAGE_CLASSIFICATION, 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void allOfWhatIsLabeledBlindIsAnsweredByPeople() {
        String asked = "tasks.default { auto-labeling = true, stop { items = 900, percent = 80 } }";
        List<LabelingItem> audit = IntStream.rangeClosed(1, 2)
                .mapToObj(rank -> Jobs.item("AUDIT", rank, "dock", "s3://bucket/" + rank + ".jpg"))
                .toList();
        LabelingJob job = Jobs.job(Jobs.configured(asked), TaskType.IMAGE_CLASSIFICATION, audit, List.of("a", "b"));
        LabelingRequest request =
                new LabelingRequest(Jobs.configured(asked).labeling().groundTruth(), job);
        request.check();
        assertThat(request.members("labels.json"))
                .doesNotContainKeys("StoppingConditions", "LabelingJobAlgorithmsConfig");
    }

    @Test
    void automatedLabelingIsForFourTasksOnly() {
        WinnowConfig config = Jobs.configured("tasks.default.auto-labeling = true");
        assertThatThrownBy(() -> write(config, job(config, TaskType.MULTI_LABEL, 1)))
                .hasMessageContaining("labeling.tasks.dock.auto-labeling can't be had with type = multi-label");
    }

    @Test
    void theAnswersNeverOverwriteTheOldLabels() {
        WinnowConfig config = Jobs.configured(
                "tasks.default { type = box-adjustment, old-labels { path = \"/old\", attribute = dock-adjusted-boxes } }");
        assertThatThrownBy(() -> write(config, job(config, TaskType.BOX_ADJUSTMENT, 1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "labeling.tasks.dock.old-labels.attribute = dock-adjusted-boxes is the attribute of");
    }

    @Test
    void withoutAnAccountTheOtherFilesAreWrittenAndASentenceSaysWhatIsMissing() {
        WinnowConfig config = Configs.of("");
        JobFiles files = write(config, job(config, TaskType.IMAGE_CLASSIFICATION, 1));
        assertThat(files.others()).isEqualTo(Map.of("template", "p-dock-2026-10-01-1-1-0a1b2c3d.template.liquid.html"));
        assertThat(files.sentences())
                .containsExactly("No request for CreateLabelingJob was written: labeling.ground-truth.region,"
                        + " labeling.ground-truth.role, labeling.ground-truth.workteam are not set");
    }
}
