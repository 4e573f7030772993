package dev.winnow.analysis;

import dev.winnow.analysis.SeenShares.Seen;
import dev.winnow.stats.Interval;
import dev.winnow.stats.NeedScore;
import org.jspecify.annotations.Nullable;

/**
 * What one class needs, as a whole or at one value of a dimension.
 *
 * @param at class and condition
 * @param known whether the model was trained on the class or can name it
 * @param training what the model was trained on; null where that is not known
 * @param errors marked errors; null where there is no alarm and no mark
 * @param rates what they tell; null where nothing is judged
 * @param seen what is seen on misclassified images; null under a condition, and where none was looked at
 * @param field share in the field; null under a condition, and without enough audited images
 * @param divergence what the class adds to the divergence of {@link #divergenceOf} from training, bits; null under a
 *     condition, for a class that is not known, and without a training set
 * @param divergenceOf FIELD or ERRORS; null where divergence is
 * @param need factors of the need score; null where one of them is not known
 * @param needBasis whose share is in it: FIELD, ERRORS or SEEN; null where need is
 * @param pValue of errors that are not high; null where too little is known
 * @param qValue of the same, over all that was looked at; null where the p-value is
 * @param high whether errors are high
 * @param found images of the class that the window showed, an estimate
 * @param wanted distinct images that would bring it to the target; null without a training set
 * @param action what to do; null where the training set does not tell
 */
record ClassNeed(
        ClassAt at,
        boolean known,
        @Nullable Trained training,
        @Nullable ClassErrors errors,
        @Nullable Rates rates,
        @Nullable Seen seen,
        @Nullable Field field,
        @Nullable Double divergence,
        @Nullable String divergenceOf,
        @Nullable NeedScore need,
        @Nullable String needBasis,
        @Nullable Double pValue,
        @Nullable Double qValue,
        boolean high,
        long found,
        @Nullable Long wanted,
        @Nullable Action action) {

    /** What to do about a class. */
    enum Action {
        /** It errs, training is thin, and the field shows enough of it: label more of it. */
        LABEL_MORE,
        /** It errs, training is thin, and the field shows too little of it: synthesize it. */
        SYNTHETIC,
        /** It errs though training is not thin: its labels or its definition are suspect. */
        LABEL_QA,
        /** It is seen and no class of the model. */
        DEFINE_CLASS,
        /** Nothing that would stand out from chance. */
        OK
    }

    /**
     * What the model was trained on.
     *
     * @param samples labels
     * @param bursts distinct ones
     * @param effective effective number
     * @param share of all labels
     * @param effectiveShare of all effective numbers
     * @param thin whether the effective number is far below the median
     * @param median effective number of what it is compared with
     */
    record Trained(
            long samples,
            long bursts,
            double effective,
            double share,
            double effectiveShare,
            boolean thin,
            double median) {}

    /**
     * Error rate.
     *
     * @param rate errors over trials
     * @param bounds of the rate
     * @param trials effective ones
     * @param shrunk rate drawn to that of all classes; under a condition, to that of the class
     * @param ofRest rate of what it is compared with; null without trials there
     * @param shareOfErrors its share of all marked errors
     */
    record Rates(
            double rate,
            Interval bounds,
            double trials,
            double shrunk,
            @Nullable Double ofRest,
            double shareOfErrors) {}

    /**
     * Share in the field, from audited images.
     *
     * @param images audited ones
     * @param share of what the images show that is of the class
     * @param bounds of the share
     * @param perFrame share of the frames that show the class
     */
    record Field(long images, double share, Interval bounds, double perFrame) {}
}
