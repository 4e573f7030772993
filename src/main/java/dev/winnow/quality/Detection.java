package dev.winnow.quality;

import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.LimitProof;
import dev.winnow.stats.RoganGladen;
import dev.winnow.stats.RoganGladen.Rate;
import org.jspecify.annotations.Nullable;

/**
 * How many items with a wrong label reviewers notice, by items whose label was known to be wrong and that nobody could
 * tell from the others.
 *
 * @param hidden such items that somebody answered
 * @param found those of them that were disconfirmed
 */
record Detection(long hidden, long found) {
    static final Detection NONE = new Detection(0, 0);

    /** Exact interval of the share that is found; [0, 1] without hidden items. */
    Interval interval(double level) {
        return IntervalMethod.CLOPPER_PEARSON.of((double) found, (double) hidden, level);
    }

    /** Lower bound of the share that is found, by a rule of proof with its risk; 0 without hidden items. */
    double least(LimitProof test, double alpha) {
        return 1 - test.bound(hidden - found, hidden, alpha);
    }

    /**
     * Share of wrong items with the overlooked ones, by Rogan and Gladen (1978), taking for granted that what is disconfirmed is
     * wrong; null where it can't be told.
     */
    @Nullable
    Double corrected(long wrong, long reviewed) {
        if (hidden == 0 || reviewed == 0) {
            return null;
        }
        RoganGladen corrected = RoganGladen.of(rate(wrong, reviewed), rate(found, hidden), new Rate(1, 0));
        return corrected == null ? null : corrected.share();
    }

    private static Rate rate(long count, long of) {
        double share = (double) count / of;
        return new Rate(share, share * (1 - share) / of);
    }

    Detection plus(Detection other) {
        return new Detection(hidden + other.hidden, found + other.found);
    }
}
