package dev.winnow.quality;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What reviewers see on a page of bulk QA.
 *
 * @param image s3://
 * @param camera null for a hidden item
 * @param capturedAt null for a hidden item
 * @param confidence null for a hidden item
 * @param hidden whether its class is known to be wrong
 */
record ReviewItem(
        String id,
        String image,
        String site,
        @Nullable String camera,
        @Nullable Instant capturedAt,
        @Nullable Double confidence,
        boolean hidden) {}
