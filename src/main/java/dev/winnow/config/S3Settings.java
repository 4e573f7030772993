package dev.winnow.config;

import java.io.Serializable;

/**
 * How S3 is reached; all empty on AWS. Travels to executors.
 *
 * @param endpoint URI of an S3-compatible server, or empty
 * @param region region, or empty: the default chain's
 * @param pathStyle whether the bucket is part of the path
 */
public record S3Settings(String endpoint, String region, boolean pathStyle) implements Serializable {
    static S3Settings read(Section section) {
        return new S3Settings(
                section.optionalText("endpoint", t -> t.matches("https?://.+"), "a URI with http:// or https://"),
                section.optionalText("region", t -> t.matches("[a-z0-9-]+"), "a region such as eu-west-1"),
                section.flag("path-style"));
    }
}
