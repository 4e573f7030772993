package dev.winnow.stats;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far values lie from the middle of all, in units that outliers don't widen: (x - median) / (1.4826 MAD). Source:
 * Iglewicz and Hoaglin (1993), who flag beyond 3.5.
 */
public final class RobustZ {
    /** Beyond this a value is an outlier. */
    public static final double OUTLIER = 3.5;

    /** Makes the median absolute deviation of normal values their standard deviation. */
    private static final double NORMAL = 1.4826;

    private final double median;
    private final double scale;

    private RobustZ(double median, double scale) {
        this.median = median;
        this.scale = scale;
    }

    /** Takes the middle of some values; there may be none. */
    public static RobustZ of(double[] values) {
        if (values.length == 0) {
            return new RobustZ(0, 0);
        }
        double median = median(values);
        return new RobustZ(
                median,
                NORMAL
                        * median(Arrays.stream(values)
                                .map(value -> Math.abs(value - median))
                                .toArray()));
    }

    /** Returns the score of a value; null where at least half of the values are the same. */
    public @Nullable Double of(double value) {
        return scale == 0 ? null : (value - median) / scale;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
