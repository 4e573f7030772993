package dev.winnow.config;

/**
 * How misclassified images are looked at.
 *
 * @param provider who looks at them
 * @param path root of prepared images, stored calls and batch files; empty: below the warehouse
 */
public record AnalysisSettings(Provider provider, String path) {
    /** Who looks at images. */
    public enum Provider {
        /** Nobody: they are measured. */
        NONE,
        /** A model on Amazon Bedrock, or on a server that speaks its protocol. */
        BEDROCK
    }

    static AnalysisSettings read(Section section) {
        return new AnalysisSettings(
                section.oneOf("provider", Provider.class),
                section.optionalText("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"));
    }
}
