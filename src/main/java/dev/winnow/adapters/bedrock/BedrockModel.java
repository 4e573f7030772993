package dev.winnow.adapters.bedrock;

import dev.winnow.config.ModelSettings;
import dev.winnow.config.ModelSettings.ToolChoice;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.VisionModel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ToolConfiguration;

/**
 * A model behind the Converse API, one request a question: the SDK repeats nothing, so that whoever asks can count.
 *
 * <p>Images are sent as bytes. Idle connections are kept alive, because answers may take longer than gateways wait.
 */
public final class BedrockModel implements VisionModel {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int THREADS = 2;

    private final ModelSettings settings;
    private final BedrockRuntimeAsyncClient client;
    private final EventLoopGroup threads;

    private BedrockModel(ModelSettings settings, BedrockRuntimeAsyncClient client, EventLoopGroup threads) {
        this.settings = settings;
        this.client = client;
        this.threads = threads;
    }

    /** Opens a client by the settings, with the default chain's credentials. */
    public static BedrockModel open(ModelSettings settings) {
        return open(settings, DefaultCredentialsProvider.builder().build());
    }

    static BedrockModel open(ModelSettings settings, AwsCredentialsProvider credentials) {
        EventLoopGroup threads = new NioEventLoopGroup(THREADS, new DefaultThreadFactory("bedrock", true));
        var builder = BedrockRuntimeAsyncClient.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(SdkEventLoopGroup.create(threads))
                        .protocol(Protocol.HTTP1_1) // a call that breaks must not take the others along
                        .maxConcurrency(settings.pace().concurrency())
                        .connectionTimeout(CONNECT)
                        .connectionAcquisitionTimeout(settings.timeout())
                        .readTimeout(settings.timeout())
                        .writeTimeout(settings.timeout())
                        .tcpKeepAlive(true))
                .overrideConfiguration(o -> o.apiCallTimeout(settings.timeout())
                        .apiCallAttemptTimeout(settings.timeout())
                        .retryStrategy(AwsRetryStrategy.doNotRetry()));
        return new BedrockModel(settings, Clients.build(builder, settings.region(), settings.endpoint()), threads);
    }

    @Override
    public CompletableFuture<Answer> ask(Question question) {
        return client.converse(request(question)).handle((response, thrown) -> {
            if (thrown == null) {
                return answer(response, question.tool());
            }
            throw failure(thrown);
        });
    }

    private static ModelFailure failure(Throwable thrown) {
        return Clients.failure(
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown,
                Clients.Remedy.CALLS);
    }

    private ConverseRequest request(Question question) {
        ConverseRequest.Builder request = ConverseRequest.builder()
                .modelId(settings.id())
                .system(SystemContentBlock.fromText(question.system()))
                .messages(Message.builder()
                        .role(ConversationRole.USER)
                        .content(
                                ContentBlock.fromImage(image -> image.format(
                                                question.mediaType().substring("image/".length()))
                                        .source(source -> source.bytes(SdkBytes.fromByteBuffer(question.image())))),
                                ContentBlock.fromText(question.text()))
                        .build())
                .inferenceConfig(c -> c.maxTokens(settings.maxTokens())
                        .temperature(floating(settings.temperature()))
                        .topP(floating(settings.topP())));
        Tool tool = question.tool();
        if (tool != null) {
            request.toolConfig(tools(tool));
        }
        if (!settings.guardrail().isEmpty()) {
            request.guardrailConfig(
                    g -> g.guardrailIdentifier(settings.guardrail()).guardrailVersion(settings.guardrailVersion()));
        }
        if (!settings.requestFields().isEmpty()) {
            request.additionalModelRequestFields(Documents.of(settings.requestFields()));
        }
        return request.build();
    }

    private ToolConfiguration tools(Tool tool) {
        ToolConfiguration.Builder tools = ToolConfiguration.builder()
                .tools(software.amazon.awssdk.services.bedrockruntime.model.Tool.fromToolSpec(spec -> {
                    spec.name(tool.name())
                            .description(tool.description())
                            .inputSchema(schema -> schema.json(Documents.of(tool.schema())));
                    if (settings.strictTool()) {
                        spec.strict(true);
                    }
                }));
        if (settings.toolChoice() != ToolChoice.AUTO) {
            tools.toolChoice(choice -> {
                if (settings.toolChoice() == ToolChoice.ANY) {
                    choice.any(any -> {});
                } else {
                    choice.tool(named -> named.name(tool.name()));
                }
            });
        }
        return tools.build();
    }

    private static @Nullable Float floating(@Nullable Double number) {
        return number == null ? null : number.floatValue();
    }

    /** Thoughts are no part of the answer; words beside a call of the tool neither. */
    private static Answer answer(ConverseResponse response, @Nullable Tool tool) {
        List<String> calls = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        boolean other = false;
        if (response.output() != null && response.output().message() != null) {
            for (ContentBlock block : response.output().message().content()) {
                if (block.toolUse() != null) {
                    Document input = block.toolUse().input();
                    calls.add(input == null ? "" : Documents.json(input));
                    other |= tool == null || !tool.name().equals(block.toolUse().name());
                } else if (block.text() != null) {
                    words.append(block.text());
                }
            }
        }
        String stopReason = response.stopReasonAsString() == null ? "" : response.stopReasonAsString();
        Usage usage = response.usage() == null
                        || response.usage().inputTokens() == null
                        || response.usage().outputTokens() == null
                ? null
                : new Usage(response.usage().inputTokens(), response.usage().outputTokens());
        if (calls.isEmpty()) {
            return new Answer(Form.TEXT, words.toString(), stopReason, usage);
        }
        return new Answer(
                other || calls.size() > 1 ? Form.OTHER : Form.TOOL, String.join("\n", calls), stopReason, usage);
    }

    @Override
    public void close() {
        client.close();
        var unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS); // the SDK's own would wait for two seconds
    }
}
