package dev.winnow.outcomes;

import dev.winnow.candidates.Candidates;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.Newcombe;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of one signal brought, held against the audit's.
 *
 * @param counts what became of its images
 * @param charged yield of the images charged to it
 * @param any yield of all images it speaks for
 * @param audit yield of the audit in the same round or rounds
 * @param lift yield minus the audit's; null of the audit itself, and of the check of the model, which can find nothing
 * @param weight null for one round, and for signals without weight
 */
record SignalYield(
        SignalCounts counts,
        Share charged,
        Share any,
        Share audit,
        @Nullable Interval lift,
        @Nullable Weight weight) {

    /**
     * A share of labels.
     *
     * @param value null without labels
     * @param interval null below two cameras
     */
    record Share(@Nullable Double value, @Nullable Interval interval) {
        static final Share NONE = new Share(null, null);

        /** Where all images are labeled the interval is a point, nearly. */
        private static final double SMALLEST_REST = 1e-9;

        static Share of(ClusterSums labels, double icc, double level) {
            Interval interval = labels.clusters() < 2 ? null : labels.interval(IntervalMethod.WILSON, level, icc);
            return new Share(labels.rate(), interval);
        }

        /**
         * A share of images that were drawn one by one from all: they are independent of each other, whatever cameras they
         * are of, and the rate of all images lies in the interval as often as it says. Cameras as clusters would make it
         * that of other cameras like these.
         *
         * @param sampled share of all images that is labeled, in [0, 1]: as much of the variance is gone (finite-population
         *     correction)
         */
        static Share ofDraw(ClusterSums labels, double sampled, double level) {
            if (labels.clusters() < 2) {
                return new Share(labels.rate(), null);
            }
            double worth = 1 / Math.max(1 - sampled, SMALLEST_REST);
            return new Share(labels.rate(), IntervalMethod.WILSON.of(labels.x() * worth, labels.n() * worth, level));
        }

        @Nullable
        Double low() {
            return interval == null ? null : (Double) interval.low();
        }

        @Nullable
        Double high() {
            return interval == null ? null : (Double) interval.high();
        }
    }

    /**
     * The share of the budget.
     *
     * @param now as configured
     * @param proposed null without labels
     * @param locked whether the configuration keeps it
     */
    record Weight(double now, @Nullable Double proposed, boolean locked) {}

    /**
     * Holds every signal against the audit of its own round. How much the images of one camera resemble each other is
     * learned from a signal's labels in all rounds; for the audit, which is drawn from all images, it does not matter.
     *
     * @param counts of all use cases, for every round and for all together
     * @param level of the intervals
     */
    static List<SignalYield> of(List<SignalCounts> counts, double level) {
        Map<List<String>, SignalCounts> together = new HashMap<>();
        Map<List<String>, SignalCounts> audits = new HashMap<>();
        for (SignalCounts of : counts) {
            if (of.round() == null) {
                together.put(List.of(of.useCase(), of.signal()), of);
            }
            if (of.signal().equals(Candidates.AUDIT)) {
                audits.put(List.of(of.useCase(), String.valueOf(of.round())), of);
            }
        }
        List<SignalYield> yields = new ArrayList<>();
        for (SignalCounts of : counts) {
            SignalCounts all = together.getOrDefault(List.of(of.useCase(), of.signal()), of);
            SignalCounts drawn = audits.get(List.of(of.useCase(), String.valueOf(of.round())));
            Share audit = drawn == null ? Share.NONE : Share.ofDraw(drawn.charged(), drawn.sampled(), level);
            boolean isAudit = of.signal().equals(Candidates.AUDIT);
            Share charged = isAudit ? audit : Share.of(of.charged(), icc(all.charged()), level);
            Share any =
                    isAudit ? Share.ofDraw(of.any(), of.sampled(), level) : Share.of(of.any(), icc(all.any()), level);
            Interval lift = null;
            if (!Candidates.DRAWN.contains(of.signal())
                    && charged.value != null
                    && charged.interval != null
                    && audit.value != null
                    && audit.interval != null) {
                lift = Newcombe.difference(charged.value, charged.interval, audit.value, audit.interval);
            }
            yields.add(new SignalYield(of, charged, any, audit, lift, null));
        }
        return yields;
    }

    private static double icc(ClusterSums labels) {
        Double similarity = labels.intraClassCorrelation();
        return similarity == null ? 0 : similarity;
    }

    /** The same with a weight. */
    SignalYield with(@Nullable Weight other) {
        return new SignalYield(counts, charged, any, audit, lift, other);
    }

    private @Nullable Double liftValue() {
        boolean drawn = Candidates.DRAWN.contains(counts.signal());
        return drawn || charged.value == null || audit.value == null ? null : (Double) (charged.value - audit.value);
    }

    private @Nullable Double perFound(@Nullable Double cost) {
        return cost == null || counts.charged().x() == 0
                ? null
                : (Double) (cost / counts.charged().x());
    }

    /** Shapes it like {@link SignalYields}. */
    Row row(String pipeline, LocalDate day, String runId) {
        Double answers = (double) counts.answers();
        return RowFactory.create(
                pipeline,
                day,
                runId,
                counts.useCase(),
                counts.round(),
                counts.signal(),
                counts.selected(),
                counts.charged().n(),
                counts.selected() - counts.charged().n(),
                counts.charged().x(),
                counts.charged().clusters(),
                charged.value,
                charged.low(),
                charged.high(),
                audit.value,
                liftValue(),
                lift == null ? null : lift.low(),
                lift == null ? null : lift.high(),
                counts.selectedAny(),
                counts.any().n(),
                counts.any().x(),
                any.value,
                any.low(),
                any.high(),
                counts.answers(),
                counts.minutes(),
                perFound(answers),
                perFound(counts.minutes()),
                weight == null ? null : weight.now,
                weight == null ? null : weight.proposed,
                weight == null ? null : weight.locked,
                sentence());
    }

    /** Says it in plain words. */
    String sentence() {
        StringBuilder text = new StringBuilder(counts.signal())
                .append(counts.round() == null ? " in all rounds: " : " in " + counts.round() + ": ");
        if (charged.value == null) {
            text.append("no label yet");
        } else {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d of %,d labels found an error nobody knew, %.1f %%",
                    counts.charged().x(),
                    counts.charged().n(),
                    100 * charged.value));
            if (charged.interval != null) {
                text.append(String.format(
                        Locale.ROOT, " (%.1f to %.1f)", 100 * charged.interval.low(), 100 * charged.interval.high()));
            }
        }
        text.append(String.format(
                Locale.ROOT,
                "; %,d of %,d images are outstanding",
                counts.selected() - counts.charged().n(),
                counts.selected()));
        Double ahead = liftValue();
        if (lift != null && ahead != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "; %+.1f points against the audit (%+.1f to %+.1f)",
                    100 * ahead,
                    100 * lift.low(),
                    100 * lift.high()));
        }
        Double perFound = perFound((double) counts.answers());
        if (perFound != null && counts.answers() > 0) {
            text.append(String.format(Locale.ROOT, "; %.1f answers", perFound));
            Double minutes = perFound(counts.minutes());
            if (minutes != null) {
                text.append(String.format(Locale.ROOT, " and %.1f minutes", minutes));
            }
            text.append(" for each error found");
        }
        if (weight != null && weight.proposed != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "; weight %.3f, proposed %.3f%s",
                    weight.now,
                    weight.proposed,
                    weight.locked ? " (locked)" : ""));
        }
        return text.toString();
    }
}
