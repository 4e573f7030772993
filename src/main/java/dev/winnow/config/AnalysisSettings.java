package dev.winnow.config;

import java.util.Locale;
import java.util.Set;

/**
 * How misclassified images are looked at.
 *
 * @param provider who looks at them
 * @param path root of prepared images, stored calls and batch files; empty: below the warehouse
 * @param sample which images, and how large they may be
 * @param model the model that looks at them
 * @param imbalance when a class is short of training data
 */
public record AnalysisSettings(
        Provider provider, String path, SampleSettings sample, ModelSettings model, ImbalanceSettings imbalance) {
    /** Sampled images that the map reads, at most; they come to the driver. */
    public static final int MAX_IMAGES = 200_000;

    /** Who looks at images. */
    public enum Provider {
        /** Nobody: they are measured. */
        NONE,
        /** A model on Amazon Bedrock, or on a server that speaks its protocol. */
        BEDROCK,
        /** The same by batch jobs, which are answered within hours at a lower price. */
        BEDROCK_BATCH
    }

    /** Reads the settings; {@code dimensions} are those that segments can have. */
    static AnalysisSettings read(Section section, Set<String> dimensions) {
        Provider provider = section.oneOf("provider", Provider.class);
        AnalysisSettings settings = new AnalysisSettings(
                provider,
                section.optionalText("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                section.object("sample", SampleSettings::read),
                section.object("model", model -> ModelSettings.read(model, provider)),
                section.object("imbalance", imbalance -> ImbalanceSettings.read(imbalance, dimensions)));
        long images = (long) settings.sample.size() * settings.imbalance.windowDays();
        if (images > MAX_IMAGES) {
            section.problem(
                    "sample.size",
                    String.format(
                            Locale.ROOT,
                            " times imbalance.window-days is %,d images, and the class-imbalance map takes at most %,d",
                            images,
                            MAX_IMAGES));
        }
        return settings;
    }
}
