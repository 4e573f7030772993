package dev.winnow.segments;

import dev.winnow.segments.ChangeTallies.Counts;
import dev.winnow.segments.SegmentChanges.Comparison;
import dev.winnow.segments.SegmentChanges.Status;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of one segment.
 *
 * @param days event dates compared; of versions the newest ones begin where the newest version does
 * @param before counts of the earlier part
 * @param now counts of the newer part
 * @param difference null where there is too little to compare, and for a chart
 * @param versions null unless versions are compared
 * @param chart null where there is too little for a baseline, and for other comparisons
 */
record Change(
        Watched segment,
        Comparison comparison,
        ChangeDays days,
        Counts before,
        Counts now,
        @Nullable Difference difference,
        @Nullable Versions versions,
        @Nullable Chart chart) {

    /**
     * A difference of two rates.
     *
     * @param value rate now - rate before
     * @param low lower bound; null below two cameras on either side
     * @param high upper bound; null where {@code low} is
     * @param pValue two-sided; null where {@code low} is
     * @param qValue over the segments compared; null where {@code low} is
     * @param status null where chance may explain it
     */
    record Difference(
            double value,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Double pValue,
            @Nullable Double qValue,
            @Nullable Status status) {
        /** The same with a q-value; beyond chance if it is low enough and the interval leaves 0 out. */
        Difference judged(double q, double falseShare) {
            boolean beyond = q <= falseShare && low != null && high != null && (low > 0 || high < 0);
            return new Difference(
                    value, low, high, pValue, q, !beyond ? null : value > 0 ? Status.WORSE : Status.BETTER);
        }
    }

    /**
     * Versions that are compared.
     *
     * @param before the one before the newest
     * @param now the newest
     * @param strata dimensions at whose mix they are compared
     * @param shareLeftOut share of the trials without a counterpart; null without any
     */
    record Versions(
            String before,
            String now,
            List<String> strata,
            @Nullable Double shareLeftOut) {}

    /**
     * How a chart ended.
     *
     * @param baseline rate taken for unchanged
     * @param sum on the last event date
     * @param threshold above which it alarms
     * @param alarmedOn last event date with an alarm; null if there is none
     * @param falseAlarms expected in 30 days over all charts
     */
    record Chart(
            double baseline,
            double sum,
            double threshold,
            @Nullable LocalDate alarmedOn,
            double falseAlarms) {}

    /** The same with another difference. */
    Change with(Difference other) {
        return new Change(segment, comparison, days, before, now, other, versions, chart);
    }

    /** The verdict; null where chance may explain what was seen. */
    @Nullable
    Status status() {
        if (chart != null) {
            return chart.alarmedOn != null && !chart.alarmedOn.isBefore(days.nowFrom()) ? Status.WORSE : null;
        }
        return difference == null ? null : difference.status;
    }

    private @Nullable Double rate(Counts counts) {
        return (difference == null && chart == null) || counts.trials(segment.measure()) <= 0
                ? null
                : (Double) ((double) counts.wrong() / counts.trials(segment.measure()));
    }

    /** Shapes the comparison like {@link SegmentChanges}. */
    Row row(String pipeline, LocalDate day, String runId) {
        Measure measure = segment.measure();
        Status status = status();
        return RowFactory.create(
                pipeline,
                day,
                runId,
                segment.counts().useCase(),
                segment.counts().segment(),
                segment.counts().dimensions().toArray(String[]::new),
                segment.counts().values().toArray(String[]::new),
                comparison.name(),
                measure == null ? null : measure.name(),
                status == null ? null : status.name(),
                days.from(),
                days.nowFrom(),
                days.to(),
                versions == null ? null : versions.before,
                versions == null ? null : versions.now,
                before.alarms(),
                before.judged(),
                before.wrong(),
                now.alarms(),
                now.judged(),
                now.wrong(),
                rate(before),
                rate(now),
                difference == null ? null : difference.value,
                difference == null ? null : difference.low,
                difference == null ? null : difference.high,
                difference == null ? null : difference.pValue,
                difference == null ? null : difference.qValue,
                versions == null ? null : versions.strata.toArray(String[]::new),
                difference == null || versions == null ? null : versions.shareLeftOut,
                chart == null ? null : chart.baseline,
                chart == null ? null : chart.sum,
                chart == null ? null : chart.threshold,
                chart == null ? null : chart.alarmedOn,
                chart == null ? null : chart.falseAlarms,
                sentence());
    }

    /** Says the comparison in plain words. */
    String sentence() {
        String name = segment.counts().segment() + ": ";
        Measure measure = segment.measure();
        if (measure == null) {
            return name + "too few of its judged alarms are confirmed to tell a rate";
        }
        if (chart != null) {
            return name + charted(chart);
        }
        if (difference == null) {
            return name
                    + String.format(
                            Locale.ROOT,
                            "%,d %s now and %,d before are too few to tell a change",
                            now.trials(measure),
                            trials(),
                            before.trials(measure));
        }
        String compared = versions == null
                ? String.format(
                        Locale.ROOT,
                        "%s from %s to %s, %s before",
                        share(now),
                        days.nowFrom(),
                        days.to(),
                        share(before))
                : String.format(
                        Locale.ROOT,
                        "%s by version %s, %s by %s",
                        share(now),
                        versions.now,
                        share(before),
                        versions.before);
        return name + compared + "; " + difference(difference);
    }

    private String charted(Chart chart) {
        String sum = String.format(Locale.ROOT, "its sum is %.1f, an alarm is above %.1f", chart.sum, chart.threshold);
        return chart.alarmedOn == null
                ? "no CUSUM alarm; " + sum
                : "CUSUM alarm on " + chart.alarmedOn
                        + String.format(Locale.ROOT, ", the rate is above %.1f %%; ", 100 * chart.baseline)
                        + sum;
    }

    private String difference(Difference of) {
        StringBuilder text = new StringBuilder();
        if (versions != null && !versions.strata.isEmpty()) {
            text.append("at the same mix of ")
                    .append(String.join(", ", versions.strata))
                    .append(' ');
        }
        text.append(String.format(Locale.ROOT, "%+.1f points", 100 * of.value));
        if (of.low == null || of.high == null) {
            return text.append(", on too few cameras to tell how sure that is").toString();
        }
        text.append(String.format(Locale.ROOT, " (%+.1f to %+.1f)", 100 * of.low, 100 * of.high));
        if (of.status != null) {
            text.append(of.status == Status.WORSE ? ", worse" : ", better").append(" than chance explains");
        }
        return text.toString();
    }

    private String share(Counts counts) {
        return String.format(
                Locale.ROOT,
                "%.1f %% of %,d %s were %s",
                100.0 * counts.wrong() / counts.trials(segment.measure()),
                counts.trials(segment.measure()),
                trials(),
                segment.measure() == Measure.MARKS ? "marked wrong" : "wrong");
    }

    private String trials() {
        return segment.measure() == Measure.MARKS ? "alarms" : "judged alarms";
    }
}
