package dev.winnow.quality;

import dev.winnow.stats.LimitProof;

/**
 * What makes a threshold a proven one.
 *
 * @param test rule of the proof
 * @param sampleSize reviews of a class that were fixed beforehand; 0 for a rule that may be looked at any time
 * @param alpha risk of a class
 * @param overAllClasses whether the risk is that of all classes together
 * @param minSensitivity share of wrong items that reviewers must be shown to find
 */
record Proof(LimitProof test, long sampleSize, double alpha, boolean overAllClasses, double minSensitivity) {}
