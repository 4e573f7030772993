package dev.winnow.analysis;

import dev.winnow.stats.ClusterSums;

/**
 * Marked errors of one class over the window, as a whole or at one value of a dimension.
 *
 * @param at class that the model named, or that it missed
 * @param alarms alarms of the class
 * @param wrong alarms marked wrong, relabeled ones included
 * @param confirmed alarms confirmed
 * @param missed reported misses of the class
 * @param own errors and trials by camera
 * @param rest the same of what the class is compared with: the other classes; under a condition, the class itself under
 *     the other values of the dimension
 */
record ClassErrors(
        ClassAt at, long alarms, long wrong, long confirmed, long missed, ClusterSums own, ClusterSums rest) {

    /** Marked errors. */
    long errors() {
        return wrong + missed;
    }
}
