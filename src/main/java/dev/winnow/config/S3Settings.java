package dev.winnow.config;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How S3 is reached, and how what is written there is kept. Travels to executors.
 *
 * @param endpoint URI of an S3-compatible server or an own endpoint, or empty
 * @param region region, or empty: the default chain's
 * @param pathStyle whether the bucket is part of the path
 * @param kmsKey key by which S3 encrypts what is written, or empty: as the bucket says
 * @param bucketOwners bucket to the account that must own it; other buckets may belong to anybody
 */
public record S3Settings(
        String endpoint, String region, boolean pathStyle, String kmsKey, Map<String, String> bucketOwners)
        implements Serializable {
    /** Keeps a copy. */
    public S3Settings {
        bucketOwners = Map.copyOf(bucketOwners);
    }

    /** Reaches S3 as told, and leaves encryption and ownership to the buckets. */
    public S3Settings(String endpoint, String region, boolean pathStyle) {
        this(endpoint, region, pathStyle, "", Map.of());
    }

    static S3Settings read(Section section) {
        Map<String, String> owners = section.textMap(
                "bucket-owners",
                bucket -> bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
                "not the name of a bucket");
        owners.forEach((bucket, account) -> {
            if (!account.matches("[0-9]{12}")) {
                section.problem(
                        "bucket-owners",
                        "." + bucket + " = " + account + ", expected the 12 digits of an AWS account, in quotes");
            }
        });
        return new S3Settings(
                section.optionalText("endpoint", t -> t.matches("https?://.+"), "a URI with http:// or https://"),
                section.optionalText("region", t -> t.matches("[a-z0-9-]+"), "a region such as eu-west-1"),
                section.flag("path-style"),
                section.optionalText("kms-key", t -> t.matches("\\S{1,2048}"), "a KMS key id or ARN"),
                owners);
    }

    /** Returns the account that must own a bucket; null: any. */
    public @Nullable String ownerOf(String bucket) {
        return bucketOwners.get(bucket);
    }
}
