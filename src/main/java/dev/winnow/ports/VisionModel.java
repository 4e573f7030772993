package dev.winnow.ports;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A model that looks at an image and answers through a tool, or in words. */
public interface VisionModel extends AutoCloseable {
    /**
     * One question about one image.
     *
     * @param system fixed instructions
     * @param image encoded image
     * @param mediaType {@code image/jpeg} or {@code image/png}
     * @param text what is asked; the image comes before it
     * @param tool by which the model answers; null: in words
     */
    record Question(
            String system,
            ByteBuffer image,
            String mediaType,
            String text,
            @Nullable Tool tool) {}

    /**
     * A tool that does nothing but give the answer its form.
     *
     * @param name 1 to 64 letters, digits, hyphens and underscores
     * @param description what it is for
     * @param schema JSON Schema of its input
     */
    record Tool(String name, String description, String schema) {}

    /**
     * One answer, whatever it is worth.
     *
     * @param form how it came
     * @param content JSON of the tool's input, or the words
     * @param stopReason why the model stopped, as the service says it; empty if it doesn't
     * @param usage tokens as the service counted them; null if it doesn't say
     */
    record Answer(
            Form form,
            String content,
            String stopReason,
            @Nullable Usage usage) {}

    /**
     * Tokens of one call.
     *
     * @param input tokens in
     * @param output tokens out, thinking included
     */
    record Usage(long input, long output) {}

    /** How an answer came. */
    enum Form {
        /** One call of the tool. */
        TOOL,
        /** Words alone. */
        TEXT,
        /** Anything else, such as two calls, or a call of a tool that was not offered. */
        OTHER
    }

    /**
     * Asks once; nothing is repeated.
     *
     * @return completes within the time of a call, with the answer or with a {@link ModelFailure}
     */
    CompletableFuture<Answer> ask(Question question);

    @Override
    void close();
}
