package dev.winnow.stats;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Share of the feedback on a day's inferences that has arrived by their age in days, learned from days that are old
 * enough. One curve per verdict: false-alarm marks come before confirmations, so that a common curve would not cancel in
 * their ratio.
 */
public final class ArrivalCurve {
    private final double[] shares;

    private ArrivalCurve(double[] shares) {
        this.shares = shares;
    }

    /**
     * Reads the curve off closed cohorts; young ones, of which nobody knows what will still come, are left out.
     *
     * <p>Counts may be negative where a verdict was withdrawn. Then the running share can fall; the curve takes the
     * smallest value still to come, so that it never falls and rather calls feedback immature.
     *
     * @param cohorts per day of inferences, how much feedback arrived at age 0, 1, ... up to the age the cohort has now;
     *     a cohort is closed if that reaches {@code horizon}
     * @param horizon age in days at which all feedback that counts has arrived, not negative; what comes later is ignored
     */
    public static ArrivalCurve of(List<long[]> cohorts, int horizon) {
        if (horizon < 0) {
            throw new IllegalArgumentException("Expected a horizon >= 0, got " + horizon);
        }
        long[] arrived = new long[horizon + 1];
        for (long[] cohort : cohorts) {
            for (int age = 0; age <= horizon && cohort.length > horizon; age++) {
                arrived[age] = Math.addExact(arrived[age], cohort[age]);
            }
        }
        for (int age = 1; age <= horizon; age++) {
            arrived[age] = Math.addExact(arrived[age], arrived[age - 1]);
        }
        long total = arrived[horizon];
        if (total <= 0) {
            return new ArrivalCurve(new double[0]);
        }
        double[] shares = new double[horizon + 1];
        double later = 1;
        for (int age = horizon; age >= 0; age--) {
            later = Math.max(0, Math.min(later, (double) arrived[age] / total));
            shares[age] = later;
        }
        return new ArrivalCurve(shares);
    }

    /**
     * Returns F(age), the share that has arrived within so many days; 1 from the horizon on. Null where no closed cohort
     * had feedback.
     *
     * @param age in days; before 0 nothing has arrived
     */
    public @Nullable Double share(int age) {
        if (shares.length == 0) {
            return null;
        }
        return age < 0 ? 0 : shares[Math.min(age, shares.length - 1)];
    }

    /**
     * Returns the maturity of a window of cohorts: the share of their eventual feedback that has arrived, if feedback
     * comes in proportion to what was shown. Null where no closed cohort had feedback or nothing was shown.
     *
     * @param shownByAge rows shown by the age of their cohort: index 0 holds the youngest day; not negative
     */
    public @Nullable Double maturity(long[] shownByAge) {
        double arrived = 0;
        double shown = 0;
        for (int age = 0; age < shownByAge.length; age++) {
            if (shownByAge[age] < 0) {
                throw new IllegalArgumentException("Expected counts >= 0, got " + shownByAge[age] + " at age " + age);
            }
            Double share = share(age);
            if (share == null) {
                return null;
            }
            arrived += shownByAge[age] * share;
            shown += shownByAge[age];
        }
        return shown == 0 ? null : arrived / shown;
    }
}
