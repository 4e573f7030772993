package dev.winnow.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The multimodal model that looks at misclassified images. What not every model takes is absent unless it is set.
 *
 * @param id model or inference profile of Bedrock; empty if no model is asked
 * @param region region, or empty: the default chain's
 * @param endpoint URI of an own endpoint, or empty
 * @param maxTokens most tokens of an answer, thinking included
 * @param temperature 0 to 1; null: not sent
 * @param topP 0 to 1; null: not sent
 * @param toolChoice whether the answer's form is forced
 * @param strictTool whether the service constrains the answer to the schema
 * @param requestFields JSON object of fields that only this model knows; empty: not sent
 * @param guardrail guardrail id; empty: none, as with batch jobs, which take none
 * @param guardrailVersion version of the guardrail
 * @param imageTier how the model scales images down, which makes their tokens
 * @param inputPrice dollars per million tokens in
 * @param outputPrice dollars per million tokens out
 * @param timeout most time of one call
 * @param pace how fast calls are made and repeated
 * @param limits what may be spent
 * @param batch batch jobs
 */
public record ModelSettings(
        String id,
        String region,
        String endpoint,
        int maxTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        ToolChoice toolChoice,
        boolean strictTool,
        String requestFields,
        String guardrail,
        String guardrailVersion,
        ImageTier imageTier,
        double inputPrice,
        double outputPrice,
        Duration timeout,
        Pace pace,
        Limits limits,
        Batch batch) {

    private static final String URI_RULE = "a URI with http:// or https://";

    /** Whether the model must answer through the tool. Models that think before they answer refuse to be forced. */
    public enum ToolChoice {
        /** Nothing is said: the model is asked to call the tool, not forced. */
        AUTO,
        /** It must call a tool. */
        ANY,
        /** It must call this tool. */
        TOOL
    }

    /** How a family of models scales an image down before it looks at it. */
    public enum ImageTier {
        /** Claude through 4.6, and Haiku 4.5. */
        STANDARD(1_568, 1_568),
        /** Claude 4.7 and later. */
        LARGE(2_576, 4_784);

        private final int maxEdge;
        private final int maxTokens;

        ImageTier(int maxEdge, int maxTokens) {
            this.maxEdge = maxEdge;
            this.maxTokens = maxTokens;
        }

        /** Longest edge that is not scaled down, in pixels. */
        public int maxEdge() {
            return maxEdge;
        }

        /** Most tokens of one image. */
        public int maxTokens() {
            return maxTokens;
        }
    }

    /**
     * How fast calls are made.
     *
     * @param concurrency calls whose answers are not stored yet, at most; also the most that a crash can lose
     * @param requestsPerMinute calls per minute, retries included
     * @param tokensPerMinute tokens per minute, in and out; an unanswered call counts with its most
     * @param attempts calls for one image in one run, at most
     * @param backoff wait before the second call for an image; doubles with each further one
     * @param maxBackoff longest such wait
     */
    public record Pace(
            int concurrency,
            int requestsPerMinute,
            int tokensPerMinute,
            int attempts,
            Duration backoff,
            Duration maxBackoff) {}

    /**
     * What may be spent on calls, retries and lost calls included.
     *
     * @param run by one run date
     * @param week by the run dates of one ISO week
     * @param month by the run dates of one calendar month
     * @param askLostAgain whether images are asked about again whose call was lost in a crash, and paid again
     */
    public record Limits(Limit run, Limit week, Limit month, boolean askLostAgain) {}

    /**
     * A limit.
     *
     * @param calls most calls
     * @param dollars most dollars
     */
    public record Limit(int calls, double dollars) {
        static Limit read(Section section) {
            return new Limit(section.integer("calls", 0, 100_000_000), section.number("dollars", 0, 100_000_000));
        }
    }

    /**
     * Batch jobs of Bedrock.
     *
     * @param role ARN of the role that reads and writes the job's files; empty: no batch jobs
     * @param endpoint URI of an own control-plane endpoint, or empty
     * @param kmsKey key by which the answers are encrypted, or empty: as the bucket says
     * @param bucketOwner account that must own the bucket of questions and answers, or empty: the caller's
     * @param minRecords fewest records that the service takes
     * @param maxRecords most records of one file
     * @param maxMebibytes most MiB of one file; an output repeats its input and is read whole
     * @param hours time after which the service ends the job
     * @param priceShare price of a batch token over the price of another one
     */
    public record Batch(
            String role,
            String endpoint,
            String kmsKey,
            String bucketOwner,
            int minRecords,
            int maxRecords,
            int maxMebibytes,
            int hours,
            double priceShare) {}

    /** Reads the settings; if a model will be asked, id and prices are required. */
    static ModelSettings read(Section section, AnalysisSettings.Provider provider) {
        boolean asked = provider != AnalysisSettings.Provider.NONE;
        String id = section.optionalText("id", t -> t.length() <= 2_048 && t.matches("\\S+"), "a Bedrock model id");
        ModelSettings settings = new ModelSettings(
                id,
                section.optionalText("region", t -> t.matches("[a-z0-9-]+"), "a region such as eu-west-1"),
                section.optionalText("endpoint", t -> t.matches("https?://.+"), URI_RULE),
                section.integer("max-tokens", 100, 128_000),
                section.has("temperature") ? section.number("temperature", 0, 1) : null,
                section.has("top-p") ? section.number("top-p", 0, 1) : null,
                section.oneOf("tool-choice", ToolChoice.class),
                section.flag("strict-tool"),
                section.json("request-fields"),
                section.optionalText("guardrail", t -> t.matches("\\S+"), "a guardrail id"),
                section.optionalText("guardrail-version", t -> t.matches("[0-9]+|DRAFT"), "a number or DRAFT"),
                section.oneOf("image-tier", ImageTier.class),
                section.number("input-price", 0, 10_000),
                section.number("output-price", 0, 10_000),
                section.duration("timeout"),
                section.object("pace", ModelSettings::pace),
                section.object("limits", ModelSettings::limits),
                section.object("batch", ModelSettings::batch));
        if (asked && id.isEmpty()) {
            section.problem("id", " is required to ask a model, expected a Bedrock model id");
        }
        if (asked && (settings.inputPrice == 0 || settings.outputPrice == 0)) {
            section.problem("input-price", " and output-price are required to ask a model: limits are kept in dollars");
        }
        if (provider == AnalysisSettings.Provider.BEDROCK_BATCH && settings.batch.role.isEmpty()) {
            section.problem(
                    "batch.role", " is required with analysis.provider = bedrock-batch, expected the ARN of a role");
        }
        if (provider == AnalysisSettings.Provider.BEDROCK_BATCH && !settings.guardrail.isEmpty()) {
            section.problem(
                    "guardrail", " can't be had with analysis.provider = bedrock-batch: batch jobs take no guardrail");
        }
        if (settings.guardrail.isEmpty() != settings.guardrailVersion.isEmpty()) {
            section.problem("guardrail", " and guardrail-version belong together");
        }
        return settings;
    }

    private static Pace pace(Section section) {
        return new Pace(
                section.integer("concurrency", 1, 1_000),
                section.integer("requests-per-minute", 1, 1_000_000),
                section.integer("tokens-per-minute", 1_000, 1_000_000_000),
                section.integer("attempts", 1, 20),
                section.duration("backoff"),
                section.duration("max-backoff"));
    }

    private static Limits limits(Section section) {
        return new Limits(
                section.object("run", Limit::read),
                section.object("week", Limit::read),
                section.object("month", Limit::read),
                section.flag("ask-lost-again"));
    }

    private static Batch batch(Section section) {
        return new Batch(
                section.optionalText(
                        "role", t -> t.matches("arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+"), "the ARN of a role"),
                section.optionalText("endpoint", t -> t.matches("https?://.+"), URI_RULE),
                section.optionalText("kms-key", t -> t.matches("\\S{1,2048}"), "a KMS key id or ARN"),
                section.optionalText("bucket-owner", t -> t.matches("[0-9]{12}"), "the 12 digits of an AWS account"),
                section.integer("min-records", 1, 100_000),
                section.integer("max-records", 1, 100_000),
                section.integer("max-mebibytes", 8, 512),
                section.integer("hours", 24, 168),
                section.number("price-share", 0.01, 1));
    }
}
