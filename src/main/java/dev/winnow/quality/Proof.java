package dev.winnow.quality;

import dev.winnow.config.QualitySettings;
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
record Proof(LimitProof test, long sampleSize, double alpha, boolean overAllClasses, double minSensitivity) {

    static Proof of(QualitySettings settings) {
        QualitySettings.Proof proof = settings.proof();
        return new Proof(
                proof.rule() == QualitySettings.Rule.ANYTIME ? LimitProof.ANYTIME : LimitProof.CLOPPER_PEARSON,
                proof.sampleSize(),
                1 - settings.confidenceLevel(),
                proof.overAllClasses(),
                settings.minSensitivity());
    }

    /** Risk of one of some classes. */
    double alpha(int classes) {
        return alpha / (overAllClasses ? Math.max(1, classes) : 1);
    }

    /**
     * Share of wrong items that reviewers find at least. Half of a class's risk goes here and half to what they say: then a
     * share of wrong items above a limit shows as one above limit x this.
     *
     * @param detection what they found of hidden ones
     * @param classes classes for which the promise is made at once
     */
    double leastFound(Detection detection, int classes) {
        return detection.least(test, alpha(classes) / 2);
    }
}
