package dev.winnow.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Holds a table that claims to be one of label quality against what must be true of it, and names what is not. */
final class QaIdentities {
    /** Half of the last printed digit of a percentage, and a little for binary fractions. */
    private static final double HALF_DIGIT = 0.0050001;

    private QaIdentities() {}

    /** What must hold. */
    enum Identity {
        /** Confirmed + disconfirmed + split = total. */
        SPLIT,
        /** The items of the intervals add up to the total. */
        BUCKET_SUM,
        /** The wrong items of the intervals add up to what was not confirmed. */
        BUCKET_ERRORS,
        /** The totals are those of the classes. */
        TOTALS,
        /** The classes are those of the reviewed items. */
        CLASSES,
        /** Each class has as many items as were reviewed of it. */
        CLASS_SIZE,
        /** A class average leaves out classes without items. */
        CLASS_AVERAGE
    }

    /**
     * One violation.
     *
     * @param label class; empty where it concerns the table
     */
    record Violation(Identity identity, String label, String sentence) {}

    /**
     * A row as claimed.
     *
     * @param reviewed items in each interval
     * @param wrong those of them that are wrong
     */
    record Claim(
            String label,
            long total,
            long confirmed,
            long disconfirmed,
            long split,
            List<Long> reviewed,
            List<Long> wrong) {

        private static long sum(List<Long> counts) {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Names every violated identity, class by class and then of the table.
     *
     * @param rows one for each class
     * @param totals the row of totals; null: there is none
     * @param averages class averages by interval in percent, rounded to two digits; empty: there are none
     * @param items class to its reviewed items as they were counted elsewhere; empty: not known
     */
    static List<Violation> violations(
            List<Claim> rows, @Nullable Claim totals, List<Double> averages, Map<String, Long> items) {
        List<Violation> found = new ArrayList<>();
        rows.forEach(row -> ofRow(row, found));
        if (totals != null) {
            ofTotals(rows, totals, found);
        }
        for (int bucket = 0; bucket < averages.size(); bucket++) {
            ofAverage(rows, bucket, averages.get(bucket), found);
        }
        if (!items.isEmpty()) {
            ofItems(rows, items, found);
        }
        return found;
    }

    private static void ofRow(Claim row, List<Violation> found) {
        expect(
                found,
                Identity.SPLIT,
                row.label,
                "confirmed + disconfirmed + split",
                row.confirmed + row.disconfirmed + row.split,
                "total",
                row.total);
        expect(
                found,
                Identity.BUCKET_SUM,
                row.label,
                "items of the intervals",
                Claim.sum(row.reviewed),
                "total",
                row.total);
        expect(
                found,
                Identity.BUCKET_ERRORS,
                row.label,
                "wrong items of the intervals",
                Claim.sum(row.wrong),
                "total - confirmed",
                row.total - row.confirmed);
    }

    private static void ofTotals(List<Claim> rows, Claim totals, List<Violation> found) {
        total(found, "total", rows.stream().mapToLong(Claim::total).sum(), totals.total);
        total(found, "confirmed", rows.stream().mapToLong(Claim::confirmed).sum(), totals.confirmed);
        total(
                found,
                "disconfirmed",
                rows.stream().mapToLong(Claim::disconfirmed).sum(),
                totals.disconfirmed);
        total(found, "split", rows.stream().mapToLong(Claim::split).sum(), totals.split);
        for (int i = 0; i < totals.reviewed.size(); i++) {
            int bucket = i;
            total(
                    found,
                    "items of interval " + (i + 1),
                    rows.stream().mapToLong(row -> row.reviewed.get(bucket)).sum(),
                    totals.reviewed.get(i));
            total(
                    found,
                    "wrong items of interval " + (i + 1),
                    rows.stream().mapToLong(row -> row.wrong.get(bucket)).sum(),
                    totals.wrong.get(i));
        }
        ofRow(totals, found);
    }

    private static void total(List<Violation> found, String what, long sum, long claimed) {
        expect(found, Identity.TOTALS, "", what + " over classes", sum, "the row of totals", claimed);
    }

    private static void ofAverage(List<Claim> rows, int bucket, double claimed, List<Violation> found) {
        double[] shares = rows.stream()
                .filter(row -> row.reviewed.get(bucket) > 0)
                .mapToDouble(
                        row -> 100.0 * (row.reviewed.get(bucket) - row.wrong.get(bucket)) / row.reviewed.get(bucket))
                .toArray();
        double mean = IntStream.range(0, shares.length)
                .mapToDouble(i -> shares[i])
                .average()
                .orElse(Double.NaN);
        if (!(Math.abs(mean - claimed) <= HALF_DIGIT)) {
            String empty = rows.stream()
                    .filter(row -> row.reviewed.get(bucket) == 0)
                    .map(Claim::label)
                    .collect(Collectors.joining(", "));
            found.add(new Violation(
                    Identity.CLASS_AVERAGE,
                    empty,
                    String.format(
                            Locale.ROOT,
                            "class average of interval %d = %.2f, but %.2f over the classes that have items there%s",
                            bucket + 1,
                            claimed,
                            mean,
                            empty.isEmpty() ? "" : "; " + empty + " has none")));
        }
    }

    private static void ofItems(List<Claim> rows, Map<String, Long> items, List<Violation> found) {
        Map<String, Long> claimed = new TreeMap<>();
        rows.forEach(row -> claimed.merge(row.label, row.total, Long::sum));
        if (!claimed.keySet().equals(items.keySet())) {
            TreeSet<String> missing = new TreeSet<>(items.keySet());
            missing.removeAll(claimed.keySet());
            TreeSet<String> surplus = new TreeSet<>(claimed.keySet());
            surplus.removeAll(items.keySet());
            found.add(new Violation(
                    Identity.CLASSES,
                    "",
                    claimed.size() + " classes, but the items have " + items.size() + "; not in the table: " + missing
                            + "; not among the items: " + surplus));
        }
        claimed.forEach((label, total) -> {
            Long counted = items.get(label);
            if (counted != null) {
                expect(found, Identity.CLASS_SIZE, label, "total", total, "items", counted);
            }
        });
    }

    private static void expect(
            List<Violation> found, Identity identity, String label, String what, long value, String of, long wanted) {
        if (value != wanted) {
            found.add(new Violation(
                    identity,
                    label,
                    (label.isEmpty() ? "" : label + ": ") + what + " = " + value + ", " + of + " = " + wanted));
        }
    }
}
