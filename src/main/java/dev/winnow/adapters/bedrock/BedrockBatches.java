package dev.winnow.adapters.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.config.ModelSettings;
import dev.winnow.ports.BatchModel;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.VisionModel.Answer;
import dev.winnow.ports.VisionModel.Form;
import dev.winnow.ports.VisionModel.Question;
import dev.winnow.ports.VisionModel.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.GetModelInvocationJobResponse;
import software.amazon.awssdk.services.bedrock.model.S3InputFormat;

/**
 * Batch jobs of Bedrock. Questions and answers have the form of Anthropic's Messages, which is what InvokeModel takes:
 * batch jobs know neither tools nor Converse for every model.
 */
public final class BedrockBatches implements BatchModel {
    private static final String ANTHROPIC_VERSION = "bedrock-2023-05-31";
    private static final Duration CALL = Duration.ofMinutes(2);
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final ModelSettings settings;
    private final BedrockClient client;

    private BedrockBatches(ModelSettings settings, BedrockClient client) {
        this.settings = settings;
        this.client = client;
    }

    /** Opens a client by the settings, with the default chain's credentials. Its calls are free, and repeated. */
    public static BedrockBatches open(ModelSettings settings) {
        return open(settings, DefaultCredentialsProvider.builder().build());
    }

    static BedrockBatches open(ModelSettings settings, AwsCredentialsProvider credentials) {
        var builder = BedrockClient.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(10))
                        .socketTimeout(ATTEMPT))
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(CALL)
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
        return new BedrockBatches(
                settings,
                Clients.build(builder, settings.region(), settings.batch().endpoint()));
    }

    @Override
    public String question(String recordId, Question question) {
        ObjectNode line = JSON.createObjectNode().put("recordId", recordId);
        ObjectNode input = line.putObject("modelInput");
        if (!settings.requestFields().isEmpty()) {
            input.setAll((ObjectNode) tree(settings.requestFields()));
        }
        input.put("anthropic_version", ANTHROPIC_VERSION)
                .put("max_tokens", settings.maxTokens())
                .put("system", question.system());
        if (settings.temperature() != null) {
            input.put("temperature", settings.temperature());
        }
        if (settings.topP() != null) {
            input.put("top_p", settings.topP());
        }
        ObjectNode message = input.putArray("messages").addObject().put("role", "user");
        var content = message.putArray("content");
        byte[] image = new byte[question.image().remaining()];
        question.image().duplicate().get(image);
        content.addObject()
                .put("type", "image")
                .putObject("source")
                .put("type", "base64")
                .put("media_type", question.mediaType())
                .put("data", image);
        content.addObject().put("type", "text").put("text", question.text());
        return line.toString();
    }

    @Override
    public Optional<Line> answer(String line) {
        String recordId = null;
        JsonNode output = null;
        JsonNode error = null;
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "recordId" -> recordId = parser.getValueAsString();
                    case "modelOutput" -> output = JSON.readTree(parser);
                    case "error" -> error = JSON.readTree(parser);
                    default -> parser.skipChildren(); // the question comes back, with its image
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // a line that is cut off, where a job was stopped
        }
        if (recordId == null) {
            return Optional.empty();
        }
        return Optional.of(
                output != null && output.isObject()
                        ? new Line(recordId, answer(output), null)
                        : new Line(recordId, null, failure(error)));
    }

    private static Answer answer(JsonNode output) {
        StringBuilder words = new StringBuilder();
        boolean other = false;
        for (JsonNode block : output.path("content")) {
            switch (block.path("type").asText()) {
                case "text" -> words.append(block.path("text").asText());
                case "tool_use" -> other = true;
                default -> {} // thoughts
            }
        }
        JsonNode usage = output.path("usage");
        boolean counted = usage.path("input_tokens").isIntegralNumber()
                && usage.path("output_tokens").isIntegralNumber();
        return new Answer(
                other ? Form.OTHER : Form.TEXT,
                words.toString(),
                output.path("stop_reason").asText(""),
                counted
                        ? new Usage(
                                usage.path("input_tokens").asLong(),
                                usage.path("output_tokens").asLong())
                        : null);
    }

    private static ModelFailure failure(@Nullable JsonNode error) {
        int code = error == null ? 0 : error.path("errorCode").asInt();
        String message = error == null ? "" : error.path("errorMessage").asText();
        return new ModelFailure(
                code == 400 ? ModelFailure.Kind.INVALID : ModelFailure.Kind.MODEL_ERROR,
                "the batch job failed on it: " + code + (message.isEmpty() ? "" : " " + Clients.plain(message)),
                null);
    }

    @Override
    public String create(Job job) {
        return attempt(
                "create the batch job " + job.name(),
                () -> client.createModelInvocationJob(r -> r.jobName(job.name())
                                .clientRequestToken(job.name())
                                .roleArn(settings.batch().role())
                                .modelId(job.modelId())
                                .timeoutDurationInHours(settings.batch().hours())
                                .inputDataConfig(in -> in.s3InputDataConfig(s3 -> s3.s3InputFormat(S3InputFormat.JSONL)
                                        .s3Uri(job.input())
                                        .s3BucketOwner(
                                                unlessEmpty(settings.batch().bucketOwner()))))
                                .outputDataConfig(out -> out.s3OutputDataConfig(s3 -> s3.s3Uri(job.output())
                                        .s3BucketOwner(
                                                unlessEmpty(settings.batch().bucketOwner()))
                                        .s3EncryptionKeyId(
                                                unlessEmpty(settings.batch().kmsKey())))))
                        .jobArn());
    }

    private static @Nullable String unlessEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    @Override
    public Status status(String jobId) {
        GetModelInvocationJobResponse job = attempt(
                "look for the batch job " + jobId, () -> client.getModelInvocationJob(r -> r.jobIdentifier(jobId)));
        String word = job.statusAsString() == null ? "unknown" : job.statusAsString();
        State state = switch (word) {
            case "Completed" -> State.COMPLETED;
            case "PartiallyCompleted", "Expired", "Stopped" -> State.PARTIAL;
            case "Failed" -> State.FAILED;
            default -> State.RUNNING; // and states of next year
        };
        return new Status(state, word, job.message() == null ? "" : Clients.plain(job.message()));
    }

    private static <T> T attempt(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            ModelFailure failure = Clients.failure(e, Clients.Remedy.JOBS);
            String message = "Could not " + what + ": " + failure.getMessage();
            boolean passes = switch (failure.kind()) {
                case THROTTLED, OVERLOADED, TIMED_OUT, BROKEN, MODEL_ERROR -> true;
                case INVALID, DENIED, QUOTA -> false;
            };
            throw passes ? ServiceException.passing(message, e) : ServiceException.refused(message, e);
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not JSON: " + json, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
