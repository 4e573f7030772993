package dev.winnow.quality;

import org.jspecify.annotations.Nullable;

/**
 * Where a walk from the highest confidence downwards stopped.
 *
 * @param walk rule of the walk
 * @param status what the threshold is worth
 * @param bucket lowest interval above the threshold; as many as there are intervals where no threshold holds
 * @param bound upper bound of the share that is wrong at or above the threshold; null without a threshold and for walks that
 *     test nothing
 * @param needed further reviews, all right, that would carry the walk one interval on; null where it went all the way, for
 *     walks that test nothing, where no number of reviews would do, and once a sample of fixed size is complete
 * @param proof why it stands where it stands, a sentence
 */
record Threshold(
        Walk walk,
        Status status,
        int bucket,
        @Nullable Double bound,
        @Nullable Long needed,
        String proof) {
    /** Rules that lead from one interval to the next lower one. */
    enum Walk {
        /** The published one: wrong per right items of the interval are below the limit. */
        BUCKETS,
        /** Wrong per right items of the interval and all above it are below the limit. */
        CUMULATIVE,
        /** The upper bound of Jeffreys of all from the interval upwards is within the limit. */
        LIKELY_JEFFREYS,
        /** The same with the bound of Clopper and Pearson. */
        LIKELY_CLOPPER_PEARSON,
        /** Proven by the configured rule, on items drawn at random, with what reviewers overlook. */
        PROVEN
    }

    /** What a threshold is worth. */
    enum Status {
        /** Holds for the reviewed population with the stated risk. */
        PROVEN,
        /** Would be proven if reviews were looked at this once. */
        LIKELY,
        /** The counts are as the rule wants; chance is not considered. */
        PUBLISHED_RULE,
        /** Too few reviews, or not of the kind that proves. */
        INSUFFICIENT,
        /** Reviewed enough, and no interval holds. */
        NONE
    }

    /** The same where further reviews would carry it nowhere. */
    Threshold withoutNeeded() {
        return new Threshold(walk, status, bucket, bound, null, proof);
    }

    boolean holds() {
        return status != Status.INSUFFICIENT && status != Status.NONE;
    }
}
