package dev.winnow.adapters.s3;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where S3 is; credentials always come from the SDK's default chain.
 *
 * @param endpoint an S3-compatible server; null for AWS
 * @param region null for the region of the environment
 * @param pathStyle whether the bucket is named in the path instead of the host, as most compatible servers need
 */
public record S3Settings(@Nullable URI endpoint, @Nullable String region, boolean pathStyle) {
    /** AWS itself, in the region of the environment. */
    public static final S3Settings AWS = new S3Settings(null, null, false);
}
