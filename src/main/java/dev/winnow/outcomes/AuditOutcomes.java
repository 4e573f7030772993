package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.outcomes.SegmentEffect.Verdict;
import dev.winnow.selection.Selections;
import dev.winnow.stats.McNemar;
import dev.winnow.stats.StudentT;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;

/**
 * Two model versions on the same audit images, where the inference log holds what both of them said: the measure that
 * neither traffic nor choice of images can bend. The audit is drawn uniformly and labeled blind.
 */
final class AuditOutcomes {
    private static final String OLD = "old_version";
    private static final String NEW = "new_version";

    private final List<Trained> training;
    private final double level;

    /**
     * Compares.
     *
     * @param training which version was trained when: what tells the newer of two; else their names do
     * @param level of the intervals
     */
    AuditOutcomes(List<Trained> training, double level) {
        this.training = training;
        this.level = level;
    }

    /** Images of one camera by which of two versions is wrong. */
    private record Pair(String useCase, String older, String newer) {}

    /** Sums of one pair. */
    private static final class Sums {
        private final List<McNemar.Camera> cameras = new ArrayList<>();
        private long n;
        private long wrongOld;
        private long wrongNew;
    }

    /**
     * Reads the inferences of the days on which labeled audit images were taken: a pass over these days. The labeled
     * images are broadcast and a row per camera and pair of versions comes to the driver; both are no more than what people
     * labeled of the audit.
     *
     * @param items from {@link LabeledItems#of}
     * @return rows shaped like {@link RoundOutcomes}; none where no two versions scored one image
     */
    List<Row> find(Dataset<Row> items, InferenceLog inferences, String pipeline, LocalDate day, String runId) {
        Dataset<Row> audit = items.filter(col(Selections.SIGNAL)
                        .equalTo(Candidates.AUDIT)
                        .and(col(LabeledItems.CLASSES).isNotNull()))
                .groupBy(Inferences.USE_CASE, Inferences.IMAGE_URI)
                .agg(
                        min(LabeledItems.CLASSES).as(LabeledItems.CLASSES),
                        min(to_date(col(Inferences.CAPTURED_AT))).as("taken"));
        List<LocalDate> days = audit.select("taken").distinct().collectAsList().stream()
                .map(row -> row.getLocalDate(0))
                .sorted()
                .toList();
        if (days.isEmpty()) {
            return List.of();
        }
        Dataset<Row> scored = inferences
                .accepted(days)
                .withColumn(Inferences.IMAGE_URI, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                .join(broadcast(audit), new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI})
                // A repeated row of one version is one answer; wrong if it was ever wrong.
                .groupBy(Inferences.USE_CASE, Inferences.IMAGE_URI, Inferences.MODEL_VERSION)
                .agg(
                        min(Inferences.CAMERA_ID).as(Inferences.CAMERA_ID),
                        max(LabeledItems.wrong()).as("wrong"))
                // Both sides of the join below are it.
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            return compare(scored, pipeline, day, runId);
        } finally {
            scored.unpersist();
        }
    }

    private List<Row> compare(Dataset<Row> scored, String pipeline, LocalDate day, String runId) {
        Dataset<Row> other = scored.select(
                col(Inferences.USE_CASE),
                col(Inferences.IMAGE_URI),
                col(Inferences.MODEL_VERSION).as(NEW),
                col("wrong").as("wrong_new"));
        Map<Pair, Sums> pairs = new TreeMap<>(
                Comparator.comparing(Pair::useCase).thenComparing(Pair::older).thenComparing(Pair::newer));
        scored.withColumnRenamed(Inferences.MODEL_VERSION, OLD)
                .join(other, new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI})
                .filter(col(OLD).lt(col(NEW)))
                .groupBy(Inferences.USE_CASE, OLD, NEW, Inferences.CAMERA_ID)
                .agg(
                        sum(when(col("wrong").and(col("wrong_new")), 1L).otherwise(0L)),
                        sum(when(col("wrong").and(col("wrong_new").equalTo(false)), 1L)
                                .otherwise(0L)),
                        sum(when(col("wrong").equalTo(false).and(col("wrong_new")), 1L)
                                .otherwise(0L)),
                        sum(lit(1L)))
                .sort(Inferences.USE_CASE, OLD, NEW, Inferences.CAMERA_ID)
                .collectAsList()
                .forEach(row -> add(pairs, row));
        List<Row> rows = new ArrayList<>();
        pairs.forEach((pair, sums) -> rows.add(row(pair, sums, pipeline, day, runId)));
        return rows;
    }

    private void add(Map<Pair, Sums> pairs, Row row) {
        String first = row.getString(1);
        String second = row.getString(2);
        boolean swapped = trainedAt(first).isAfter(trainedAt(second));
        long onlyFirst = row.getLong(5);
        long onlySecond = row.getLong(6);
        long onlyOld = swapped ? onlySecond : onlyFirst;
        long onlyNew = swapped ? onlyFirst : onlySecond;
        Sums sums = pairs.computeIfAbsent(
                new Pair(row.getString(0), swapped ? second : first, swapped ? first : second), p -> new Sums());
        sums.cameras.add(new McNemar.Camera(onlyNew, onlyOld, row.getLong(7)));
        sums.n += row.getLong(7);
        sums.wrongOld += row.getLong(4) + onlyOld;
        sums.wrongNew += row.getLong(4) + onlyNew;
    }

    private Instant trainedAt(String version) {
        return training.stream()
                .filter(one -> one.modelVersion().equals(version))
                .map(Trained::trainedAt)
                .findFirst()
                .orElse(Instant.MIN);
    }

    private Row row(Pair pair, Sums sums, String pipeline, LocalDate day, String runId) {
        McNemar test = McNemar.clustered(sums.cameras);
        long cameras = sums.cameras.size();
        boolean told = cameras > 1;
        double half = told ? StudentT.twoSided(level, cameras - 1.0) * test.standardError() : 0;
        double low = Math.max(-1, test.difference() - half);
        double high = Math.min(1, test.difference() + half);
        boolean beyond = told && test.pValue() <= 1 - level;
        Verdict found =
                beyond && high < 0 ? Verdict.IMPROVED : beyond && low > 0 ? Verdict.WORSE : Verdict.INCONCLUSIVE;
        List<Trained> trained = training.stream()
                .filter(one -> one.modelVersion().equals(pair.newer))
                .toList();
        Verdict verdict = trained.isEmpty() ? Verdict.UNATTRIBUTED : found;
        return RowFactory.create(
                pipeline,
                day,
                runId,
                pair.useCase,
                RoundOutcomes.AUDIT,
                pair.older + " to " + pair.newer,
                pair.newer,
                verdict.name(),
                RoundOutcomes.ERROR,
                trained.stream().map(Trained::round).distinct().sorted().toArray(String[]::new),
                null,
                trained.isEmpty() ? null : trained.get(0).trainedAt(),
                pair.older,
                null,
                null,
                null,
                sums.n,
                sums.wrongOld,
                cameras,
                (double) sums.wrongOld / sums.n,
                null,
                sums.n,
                sums.wrongNew,
                cameras,
                (double) sums.wrongNew / sums.n,
                told ? (Double) test.difference() : null,
                told ? (Double) low : null,
                told ? (Double) high : null,
                null,
                null,
                null,
                null,
                null,
                told ? (Double) test.pValue() : null,
                null,
                null,
                String.format(
                        Locale.ROOT,
                        "%s was wrong on %,d and %s on %,d of the same %,d audit images%s: %s",
                        pair.newer,
                        sums.wrongNew,
                        pair.older,
                        sums.wrongOld,
                        sums.n,
                        told
                                ? String.format(
                                        Locale.ROOT,
                                        ", %+.1f points (%+.1f to %+.1f)",
                                        100 * test.difference(),
                                        100 * low,
                                        100 * high)
                                : " of one camera",
                        verdict.ofVersion()));
    }
}
