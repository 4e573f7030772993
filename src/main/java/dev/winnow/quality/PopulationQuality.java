package dev.winnow.quality;

import dev.winnow.config.QualitySettings;
import dev.winnow.quality.QaTable.Average;
import dev.winnow.quality.Threshold.Status;
import dev.winnow.quality.Threshold.Walk;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import dev.winnow.stats.LimitProof;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Table, thresholds and parity of one population, from its counts by class and interval of confidence. */
final class PopulationQuality {
    private final String pipeline;
    private final Population population;
    private final QualitySettings settings;
    private final Buckets buckets;
    private final Walks walks;
    private final @Nullable Detection detection;
    private final Map<String, List<String>> confused;
    private final QaTable table;
    private final SortedMap<String, Map<Integer, QaCell>> outside = new TreeMap<>();
    private final SortedMap<String, Map<Walk, Threshold>> thresholds = new TreeMap<>();

    /**
     * Finds the thresholds.
     *
     * @param cells class to bucket to its counts, {@link Buckets#BELOW} and {@link Buckets#INVALID} too
     * @param proving of them those that may prove a threshold, where not all of them may
     * @param detection what reviewers find of wrong labels; null where labels were given blind
     * @param confused class to the others of its group
     * @param uneven classes whose judged items were drawn with different probabilities
     */
    PopulationQuality(
            String pipeline,
            Population population,
            QualitySettings settings,
            Map<String, Map<Integer, QaCell>> cells,
            Map<String, Map<Integer, QaCell>> proving,
            @Nullable Detection detection,
            Map<String, List<String>> confused,
            Set<String> uneven) {
        this.pipeline = pipeline;
        this.population = population;
        this.settings = settings;
        this.buckets = new Buckets(settings.buckets());
        this.walks = new Walks(buckets, settings.wrongPerRight());
        this.detection = detection;
        this.confused = confused;
        Map<String, List<QaCell>> inside = new HashMap<>();
        cells.forEach((label, byBucket) -> {
            inside.put(label, inside(byBucket));
            outside.put(label, byBucket);
        });
        this.table = new QaTable(buckets.size(), inside);
        table.classes()
                .forEach((label, row) -> thresholds.put(
                        label, thresholds(row, inside(proving.getOrDefault(label, Map.of())), uneven.contains(label))));
    }

    private List<QaCell> inside(Map<Integer, QaCell> byBucket) {
        List<QaCell> row = new ArrayList<>();
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            row.add(byBucket.getOrDefault(bucket, QaCell.EMPTY));
        }
        return row;
    }

    private double alpha() {
        return 1 - settings.confidenceLevel();
    }

    private boolean isDrawn() {
        return population.design().equals(Selections.UNIFORM);
    }

    private Map<Walk, Threshold> thresholds(List<QaCell> cells, List<QaCell> proving, boolean uneven) {
        Map<Walk, Threshold> found = new TreeMap<>();
        List.of(
                        walks.buckets(cells),
                        walks.cumulative(cells),
                        walks.likely(Walk.LIKELY_JEFFREYS, LimitProof.JEFFREYS, cells, alpha()),
                        walks.likely(Walk.LIKELY_CLOPPER_PEARSON, LimitProof.CLOPPER_PEARSON, cells, alpha()),
                        proven(proving, uneven))
                .forEach(threshold -> found.put(threshold.walk(), threshold));
        return found;
    }

    private Threshold proven(List<QaCell> cells, boolean uneven) {
        if (!isDrawn()) {
            return walks.notDrawn();
        }
        return uneven
                ? walks.unequallyDrawn()
                : walks.proven(
                        cells, Proof.of(settings), detection, table.classes().size());
    }

    /** Rows of {@link LabelQa}. */
    List<Row> qaRows() {
        List<Row> rows = new ArrayList<>();
        table.classes().forEach((label, cells) -> {
            for (int bucket = 0; bucket < buckets.size(); bucket++) {
                rows.add(qaRow(label, bucket, cells.get(bucket), null));
            }
            rows.add(qaRow(label, null, QaTable.sum(cells), null));
            Map<Integer, QaCell> all = Objects.requireNonNull(outside.get(label));
            for (int bucket : List.of(Buckets.BELOW, Buckets.INVALID)) {
                if (all.containsKey(bucket)) {
                    rows.add(qaRow(label, bucket, Objects.requireNonNull(all.get(bucket)), null));
                }
            }
        });
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            rows.add(qaRow(LabelQa.ALL, bucket, table.ofBucket(bucket), table.average(bucket, settings.emptyAsZero())));
        }
        rows.add(qaRow(LabelQa.ALL, null, table.all(), table.average(settings.emptyAsZero())));
        return rows;
    }

    private Row qaRow(String label, @Nullable Integer bucket, QaCell cell, @Nullable Average average) {
        boolean inside = bucket == null || bucket >= 0;
        Interval interval =
                IntervalMethod.WILSON.of((double) cell.confirmed(), (double) cell.total(), settings.confidenceLevel());
        return RowFactory.create(
                pipeline,
                population.useCase(),
                population.modelVersion(),
                population.source(),
                population.design(),
                label,
                bucket == null ? LabelQa.ALL : buckets.name(bucket),
                inside ? (Double) buckets.low(bucket == null ? 0 : bucket) : null,
                inside ? (Double) (bucket == null ? 1.0 : buckets.high(bucket)) : null,
                cell.total(),
                cell.confirmed(),
                cell.disconfirmed(),
                cell.split(),
                cell.unreviewed(),
                cell.cantTell(),
                cell.correctShare(),
                interval.low(),
                interval.high(),
                average == null ? null : average.share(),
                average == null ? null : average.classes());
    }

    /** What a class keeps above a threshold. */
    private record Kept(QaCell above, QaCell all) {
        @Nullable
        Double wrongPerRight() {
            return above.confirmed() == 0 ? null : (Double) ((double) above.wrong() / above.confirmed());
        }

        @Nullable
        Double recallCost() {
            return all.confirmed() == 0 ? null : (Double) (1 - (double) above.confirmed() / all.confirmed());
        }
    }

    private Kept kept(String label, Threshold threshold) {
        List<QaCell> cells = Objects.requireNonNull(table.classes().get(label));
        return new Kept(QaTable.sum(cells.subList(threshold.bucket(), cells.size())), QaTable.sum(cells));
    }

    /** Rows of {@link ClassThresholds}: each class by each walk, and how classes compare by each walk. */
    List<Row> thresholdRows() {
        List<Row> rows = new ArrayList<>();
        thresholds.forEach((label, byWalk) ->
                byWalk.values().forEach(threshold -> rows.add(thresholdRow(label, threshold, kept(label, threshold)))));
        for (Walk walk : Walk.values()) {
            rows.add(parityRow(walk));
        }
        return rows;
    }

    private Row thresholdRow(String label, Threshold threshold, Kept kept) {
        boolean holds = threshold.holds();
        return RowFactory.create(
                pipeline,
                population.useCase(),
                population.modelVersion(),
                population.source(),
                population.design(),
                label,
                threshold.walk().name(),
                threshold.status().name(),
                holds ? (Double) buckets.low(threshold.bucket()) : null,
                holds ? (Long) kept.above().total() : null,
                holds ? (Long) kept.above().wrong() : null,
                threshold.bound(),
                walks.limit(),
                holds && detection != null
                        ? detection.corrected(kept.above().wrong(), kept.above().total())
                        : null,
                threshold.needed(),
                classSize(label),
                confused.getOrDefault(label, List.of()).toArray(String[]::new),
                threshold.proof(),
                holds ? kept.wrongPerRight() : null,
                kept.recallCost(),
                null,
                null,
                null,
                null,
                null);
    }

    /** A class is rare, or the model is not sure of it: only one of them is mended by more images. */
    private String classSize(String label) {
        long enough = Proof.of(settings).test().leastTrials(walks.limit(), alpha());
        long above =
                QaTable.sum(Objects.requireNonNull(table.classes().get(label))).items();
        long all = Objects.requireNonNull(outside.get(label)).values().stream()
                .mapToLong(QaCell::items)
                .sum();
        return above >= enough
                ? ClassThresholds.ENOUGH
                : all >= enough ? ClassThresholds.UNDER_BASE : ClassThresholds.THIN;
    }

    private Row parityRow(Walk walk) {
        QaCell above = QaCell.EMPTY;
        QaCell all = QaCell.EMPTY;
        List<Double> ratios = new ArrayList<>();
        List<Double> recalls = new ArrayList<>();
        Status status = Status.NONE;
        int classes = 0;
        Long needed = null;
        for (String label : thresholds.keySet()) {
            Threshold threshold = threshold(label, walk);
            Kept kept = kept(label, threshold);
            all = all.plus(kept.all());
            if (threshold.needed() != null) {
                needed = threshold.needed() + (needed == null ? 0 : needed);
            }
            if (!threshold.holds()) {
                continue;
            }
            classes++;
            status = threshold.status();
            above = above.plus(kept.above());
            Double ratio = kept.wrongPerRight();
            Double cost = kept.recallCost();
            if (ratio != null && cost != null) {
                ratios.add(ratio);
                recalls.add(1 - cost);
            }
        }
        ratios.sort(null);
        recalls.sort(null);
        Kept kept = new Kept(above, all);
        boolean any = !ratios.isEmpty();
        return RowFactory.create(
                pipeline,
                population.useCase(),
                population.modelVersion(),
                population.source(),
                population.design(),
                LabelQa.ALL,
                walk.name(),
                status.name(),
                null,
                classes == 0 ? null : above.total(),
                classes == 0 ? null : above.wrong(),
                null,
                walks.limit(),
                null,
                needed,
                ClassThresholds.ENOUGH,
                new String[0],
                String.format(Locale.ROOT, "%d of %d classes have a threshold", classes, thresholds.size()),
                kept.wrongPerRight(),
                kept.recallCost(),
                classes,
                any ? ratios.get(0) : null,
                any ? ratios.get(ratios.size() - 1) : null,
                any ? ratio(ratios) : null,
                any ? ratio(recalls) : null);
    }

    private Threshold threshold(String label, Walk walk) {
        return Objects.requireNonNull(
                Objects.requireNonNull(thresholds.get(label)).get(walk));
    }

    private static @Nullable Double ratio(List<Double> sorted) {
        return sorted.get(0) == 0 ? null : (Double) (sorted.get(sorted.size() - 1) / sorted.get(0));
    }

    /** The table as a claim about itself, to be held against what must hold. */
    List<QaIdentities.Violation> violations(Map<String, Long> judged) {
        List<QaIdentities.Claim> rows = new ArrayList<>();
        table.classes().forEach((label, cells) -> rows.add(claim(label, QaTable.sum(cells), cells)));
        List<QaCell> totals = new ArrayList<>();
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            totals.add(table.ofBucket(bucket));
        }
        return QaIdentities.violations(rows, claim(LabelQa.ALL, table.all(), totals), List.of(), judged);
    }

    private static QaIdentities.Claim claim(String label, QaCell all, List<QaCell> cells) {
        return new QaIdentities.Claim(
                label,
                all.total(),
                all.confirmed(),
                all.disconfirmed(),
                all.split(),
                cells.stream().map(QaCell::total).toList(),
                cells.stream().map(QaCell::wrong).toList());
    }

    /** What a person wants to know. */
    String sentence() {
        QaCell all = table.all();
        long published = thresholds.keySet().stream()
                .filter(label -> threshold(label, Walk.BUCKETS).holds())
                .count();
        long proven = thresholds.keySet().stream()
                .filter(label -> threshold(label, Walk.PROVEN).holds())
                .count();
        Double share = all.correctShare();
        return String.format(
                Locale.ROOT,
                "%s, model %s, %s %s: %,d items judged, %s right; of %d classes %d have a threshold by the published rule"
                        + " and %d a proven one",
                population.useCase(),
                population.modelVersion(),
                population.design().toLowerCase(Locale.ROOT),
                population.source().toLowerCase(Locale.ROOT).replace('_', ' '),
                all.total(),
                share == null ? "none" : String.format(Locale.ROOT, "%.2f %%", 100 * share),
                thresholds.size(),
                published,
                proven);
    }
}
