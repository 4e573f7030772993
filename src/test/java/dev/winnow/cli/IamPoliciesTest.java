package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies of {@code conf/iam} allow what the adapters call, and no more than named places. */
class IamPoliciesTest {
    private static final Path POLICIES = Path.of("conf/iam");
    private static final Path ADAPTERS = Path.of("src/main/java/dev/winnow/adapters");

    /** What a call of an SDK client takes (service authorization reference of AWS). */
    private static final Map<String, Set<String>> NEEDED = Map.ofEntries(
            entry("getObjectAsBytes", Set.of("s3:GetObject")),
            entry("getObject", Set.of("s3:GetObject")),
            entry("headObject", Set.of("s3:GetObject", "s3:ListBucket")), // without the second a missing one is a 403
            entry("putObject", Set.of("s3:PutObject")), // conditional or not
            entry("deleteObject", Set.of("s3:DeleteObject")),
            entry("listObjectsV2Paginator", Set.of("s3:ListBucket")),
            entry("converse", Set.of("bedrock:InvokeModel", "bedrock:ApplyGuardrail")),
            entry("createModelInvocationJob", Set.of("bedrock:CreateModelInvocationJob", "iam:PassRole")),
            entry("getModelInvocationJob", Set.of("bedrock:GetModelInvocationJob")),
            entry("createLabelingJob", Set.of("sagemaker:CreateLabelingJob", "sagemaker:AddTags", "iam:PassRole")),
            entry("describeLabelingJob", Set.of("sagemaker:DescribeLabelingJob")),
            entry("stopLabelingJob", Set.of("sagemaker:StopLabelingJob")),
            entry("getTable", Set.of("glue:GetTable")),
            entry("createTable", Set.of("glue:CreateTable")),
            entry("updateTable", Set.of("glue:UpdateTable")));

    /** What Spark's file system calls on its own, and S3 on behalf of whoever calls. */
    private static final Set<String> UNSEEN = Set.of(
            "s3:GetBucketLocation",
            "s3:ListBucketMultipartUploads",
            "s3:ListMultipartUploadParts",
            "s3:AbortMultipartUpload",
            "kms:Decrypt",
            "kms:GenerateDataKey");

    private static final Map<String, String> POLICY_OF_ADAPTER = Map.of(
            "s3",
            "warehouse-writer",
            "bedrock",
            "bedrock-caller",
            "sagemaker",
            "ground-truth-launcher",
            "glue",
            "table-registrar");

    /** Actions for which AWS knows no resource to name. */
    private static final Set<String> WITHOUT_RESOURCE = Set.of(
            "sagemaker:ListLabelingJobs",
            "elasticmapreduce:ListClusters",
            "bedrock:ListModelInvocationJobs",
            "cloudwatch:PutMetricData",
            "logs:DescribeLogGroups");

    static List<String> policies() {
        try (Stream<Path> files = Files.list(POLICIES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.replace(".json", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aPolicyNamesActionsAndPlaces(String name) {
        JsonNode policy = read(name);
        assertThat(policy.path("Version").asText()).isEqualTo("2012-10-17");
        Set<String> sids = new TreeSet<>();
        for (JsonNode statement : policy.path("Statement")) {
            assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
            assertThat(sids.add(statement.path("Sid").asText())).isTrue();
            List<String> actions = texts(statement.path("Action"));
            assertThat(actions).isNotEmpty().allMatch(action -> action.matches("[a-z0-9-]+:[A-Z][A-Za-z0-9]+"));
            for (String resource : texts(statement.path("Resource"))) {
                if (resource.equals("*")) {
                    assertThat(WITHOUT_RESOURCE).containsAll(actions);
                } else {
                    assertThat(resource).matches("arn:aws:[a-z0-9-]+:.+|\\$\\{KMS_KEY_ARN}");
                    assertThat(resource).doesNotContain(":::*").doesNotContain("role/*");
                }
            }
            if (actions.contains("iam:PassRole")) {
                assertThat(statement
                                .at("/Condition/StringEquals/iam:PassedToService")
                                .asText())
                        .endsWith(".amazonaws.com");
            }
            if (actions.stream().anyMatch(action -> action.startsWith("s3:"))) {
                assertThat(statement
                                .at("/Condition/StringEquals/aws:ResourceAccount")
                                .asText())
                        .as("a bucket of the same name in another account gets nothing")
                        .isIn("${ACCOUNT}", "${INPUT_ACCOUNT}");
            }
            if (actions.contains("s3:ListBucket")) {
                assertThat(statement.at("/Condition/StringLike/s3:prefix")).isNotEmpty();
            }
        }
        assertThat(policy.toString()).hasSizeLessThan(6_144); // characters of a managed policy
    }

    @Test
    void aRoleCanBeTakenByItsServiceAlone() throws IOException {
        for (String service : List.of("bedrock", "ec2", "emr-serverless", "sagemaker")) {
            JsonNode trust = new JsonMapper()
                    .readTree(POLICIES.resolve("trust/" + service + ".json").toFile())
                    .at("/Statement/0");
            assertThat(trust.at("/Principal/Service").asText()).isEqualTo(service + ".amazonaws.com");
            assertThat(trust.path("Action").asText()).isEqualTo("sts:AssumeRole");
        }
    }

    @Test
    void aBucketOfAnotherAccountIsOpenedForWhatReadersNeedAndNoMore() {
        Set<String> opened = actions("buckets/inputs");
        assertThat(actions("inputs-reader").stream().filter(action -> action.startsWith("s3:")))
                .containsExactlyInAnyOrderElementsOf(opened);
        for (JsonNode statement : read("buckets/inputs").path("Statement")) {
            assertThat(texts(statement.at("/Principal/AWS")))
                    .isNotEmpty()
                    .allMatch(role -> role.matches("arn:aws:iam::\\$\\{ACCOUNT}:role/\\$\\{\\w+}"));
        }
        JsonNode plain = read("buckets/winnow").at("/Statement/0");
        assertThat(plain.path("Effect").asText()).isEqualTo("Deny");
        assertThat(plain.at("/Condition/Bool/aws:SecureTransport").asText()).isEqualTo("false");
    }

    @Test
    void everyServiceHasAnEndpointOfItsOwnInTheRecipeOfAPrivateNetwork() throws IOException {
        String page = Files.readString(Path.of("conf/README.md"));
        String network = page.substring(page.indexOf("**No public endpoint.**"));
        Map<String, List<String>> endpoints = Map.of(
                "s3", List.of("`s3`"),
                "bedrock", List.of("`bedrock-runtime`", "`bedrock`"),
                "sagemaker", List.of("`sagemaker.api`"),
                "glue", List.of("`glue`"));
        assertThat(endpoints.keySet()).isEqualTo(calls().keySet());
        endpoints.values().forEach(names -> assertThat(network).contains(names));
    }

    @Test
    void whatAdaptersCallIsAllowedAndNothingElse() {
        Map<String, Set<String>> calls = calls();
        assertThat(calls.keySet()).isEqualTo(POLICY_OF_ADAPTER.keySet());
        calls.forEach((adapter, methods) -> {
            assertThat(NEEDED.keySet()).as("calls of adapters/%s", adapter).containsAll(methods);
            Set<String> needed = new TreeSet<>();
            methods.forEach(method -> needed.addAll(NEEDED.getOrDefault(method, Set.of())));
            Set<String> allowed = actions(Objects.requireNonNull(POLICY_OF_ADAPTER.get(adapter)));
            allowed.removeAll(UNSEEN);
            assertThat(allowed).as("permissions of adapters/%s", adapter).isEqualTo(needed);
        });
    }

    @Test
    void onlyWhoDeploysCanChangeARelease() {
        Map<String, String> together = Map.of(
                "RELEASE_BUCKET", "acme",
                "WINNOW_BUCKET", "acme",
                "RELEASE_PREFIX", "winnow",
                "WINNOW_PREFIX", "winnow",
                "LABELING_PREFIX", "winnow/labeling",
                "ANALYSIS_PREFIX", "winnow/analysis");
        Set<String> writers = new TreeSet<>();
        for (String policy : policies()) {
            for (JsonNode statement : read(policy).path("Statement")) {
                boolean writes = texts(statement.path("Action")).stream()
                        .anyMatch(action -> action.matches("s3:(Put|Delete)Object"));
                boolean covers = texts(statement.path("Resource")).stream()
                        .map(place -> Pattern.compile("\\$\\{(\\w+)}")
                                .matcher(place)
                                .replaceAll(name -> together.getOrDefault(name.group(1), "other")))
                        .anyMatch(place -> "arn:aws:s3:::acme/winnow/releases/0.1.0-0123456789ab/winnow.jar"
                                .matches(Pattern.quote(place).replace("*", "\\E.*\\Q")));
                if (writes && covers) {
                    writers.add(policy);
                }
            }
        }
        assertThat(writers).containsExactly("deployer");
    }

    @Test
    void whatExplainReadsIsOpenToAnalysts() {
        assertThat(places("analyst", "s3:GetObject"))
                .contains(
                        "arn:aws:s3:::${WINNOW_BUCKET}/${WINNOW_PREFIX}/warehouse/*",
                        "arn:aws:s3:::${WINNOW_BUCKET}/${LABELING_PREFIX}/*/rounds/*");
    }

    @Test
    void readersCanChangeNothing() {
        for (String reader : List.of("inputs-reader", "submitter")) {
            assertThat(actions(reader)).noneMatch(action -> action.matches("s3:(Put|Delete|Abort).*"));
        }
        for (JsonNode statement : read("analyst").path("Statement")) {
            if (texts(statement.path("Action")).contains("s3:PutObject")) {
                assertThat(texts(statement.path("Resource"))).allMatch(place -> place.contains("${RESULT_BUCKET}"));
            }
        }
        assertThat(actions("analyst")).doesNotContain("s3:DeleteObject");
    }

    @Test
    void theDagsCallsAreAllowedToTheSubmitterAndNothingElse() throws IOException {
        Map<String, String> needed = Map.of(
                "add_job_flow_steps", "elasticmapreduce:AddJobFlowSteps",
                "list_steps", "elasticmapreduce:ListSteps",
                "describe_step", "elasticmapreduce:DescribeStep",
                "get_cluster_id_by_name", "elasticmapreduce:ListClusters",
                "start_job_run", "emr-serverless:StartJobRun",
                "list_job_runs", "emr-serverless:ListJobRuns",
                "get_job_run", "emr-serverless:GetJobRun",
                "list_labeling_jobs", "sagemaker:ListLabelingJobs",
                "list_model_invocation_jobs", "bedrock:ListModelInvocationJobs");
        String dag = Files.readString(Path.of("jobs/airflow/winnow_dag.py"));
        assertThat(needed.keySet()).allMatch(dag::contains);
        Set<String> allowed = actions("submitter");
        assertThat(allowed.removeAll(Set.of("iam:PassRole", "s3:GetObject", "s3:ListBucket", "kms:Decrypt")))
                .isTrue();
        assertThat(allowed).as("nothing that nobody calls").containsExactlyInAnyOrderElementsOf(needed.values());
    }

    /** Methods that each adapter calls on SDK clients. */
    private static Map<String, Set<String>> calls() {
        Pattern call = Pattern.compile("\\bclient\\s*\\.(\\w+)\\(");
        Map<String, Set<String>> calls = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ADAPTERS)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                if (text.contains("software.amazon.awssdk.services")) {
                    Set<String> found = calls.computeIfAbsent(
                            ADAPTERS.relativize(file).getName(0).toString(), adapter -> new TreeSet<>());
                    call.matcher(text).results().map(match -> match.group(1)).forEach(found::add);
                    found.removeAll(Set.of("close", "get")); // of our own
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return calls;
    }

    private static Set<String> actions(String policy) {
        Set<String> actions = new TreeSet<>();
        read(policy).path("Statement").forEach(statement -> actions.addAll(texts(statement.path("Action"))));
        return actions;
    }

    /** Where a policy allows an action. */
    private static Set<String> places(String policy, String action) {
        Set<String> places = new TreeSet<>();
        read(policy).path("Statement").forEach(statement -> {
            if (texts(statement.path("Action")).contains(action)) {
                places.addAll(texts(statement.path("Resource")));
            }
        });
        return places;
    }

    private static List<String> texts(JsonNode array) {
        return new ArrayList<>(StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList());
    }

    private static JsonNode read(String policy) {
        try {
            return new JsonMapper().readTree(POLICIES.resolve(policy + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
