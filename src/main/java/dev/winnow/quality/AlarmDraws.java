package dev.winnow.quality;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/** Alarms of a day, drawn class by class with one probability, by hash of image and class. */
final class AlarmDraws {
    /** Items that are drawn by default for each one that a proof takes: some are wrong, some nobody can tell. */
    private static final double SPARE = 1.5;

    /** A class is left out that would have so many times the wanted alarms drawn: its first date had few of them. */
    private static final int MOST_TIMES = 4;

    private static final String BUCKET = "bucket_index";
    private static final String ROWS = "rows";
    private static final String BEST = "best";
    private static final String[] CLASS = ClassKey.COLUMNS;

    private static final TableDef DRAWS = TableDef.named("draws", "Probability with which alarms of a class are drawn")
            .required(QaItems.USE_CASE, DataTypes.StringType, "Use case")
            .required(QaItems.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(QaItems.LABEL, DataTypes.StringType, "Class")
            .required(QaItems.INCLUSION_PROBABILITY, DataTypes.DoubleType, "Probability")
            .build();

    private final WinnowConfig config;
    private final Buckets buckets;
    private final InferenceLog inferences;
    private final TableStore tables;
    private final LocalDate day;
    private final Dataset<Row> audited;

    /**
     * Opens the alarms of a day.
     *
     * @throws dev.winnow.config.ConfigException if nobody knows what its audit draws
     */
    AlarmDraws(WinnowConfig config, InferenceLog inferences, TableStore tables, LocalDate day) {
        this.config = config;
        this.buckets = new Buckets(config.quality().buckets());
        this.inferences = inferences;
        this.tables = tables;
        this.day = day;
        this.audited = AuditedImages.of(tables, config.pipeline(), day);
    }

    private static List<Row> collect(Dataset<Row> rows, String what) {
        return BoundedRows.collect(rows, QaBatchesJob.MAX_ITEMS, "bulk QA of the day has", what, QaBatchesJob.WAY_OUT);
    }

    /** The day's alarms from the base threshold on, but for those of the audit. */
    private Dataset<Row> alarms() {
        return inferences
                .accepted(List.of(day))
                .filter(col(Inferences.PREDICTED_LABEL).isNotNull())
                .withColumn(BUCKET, buckets.of(Inferences.CONFIDENCE))
                .filter(col(BUCKET).geq(0))
                .join(broadcast(audited), new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left_anti")
                .withColumnRenamed(Inferences.PREDICTED_LABEL, QaItems.LABEL);
    }

    /** Alarms of each class by interval of confidence. */
    SortedMap<ClassKey, long[]> counts() {
        SortedMap<ClassKey, long[]> counts = new TreeMap<>();
        collect(
                        alarms().groupBy(col(CLASS[0]), col(CLASS[1]), col(CLASS[2]), col(BUCKET))
                                .agg(count(lit(1)).as(ROWS)),
                        "classes by interval")
                .forEach(row -> counts.computeIfAbsent(ClassKey.of(row), key -> new long[buckets.size()])[
                                row.<Integer>getAs(BUCKET)] =
                        row.<Long>getAs(ROWS));
        return counts;
    }

    /** Reviews without a wrong one that prove the highest interval, with what reviewers may overlook. */
    private long proves(int classes) {
        Proof proof = Proof.of(config.quality());
        double limit = new Walks(buckets, config.quality().wrongPerRight()).limit();
        return proof.test().leastTrials(limit * proof.minSensitivity(), proof.alpha(classes) / 2);
    }

    /**
     * Probability with which alarms of a class are drawn: that of earlier dates, else what brings the wanted number.
     *
     * @param shown {@link QaItems} of earlier dates
     */
    SortedMap<ClassKey, Double> shares(SortedMap<ClassKey, long[]> counts, Dataset<Row> shown, List<String> sentences) {
        SortedMap<ClassKey, Double> before = new TreeMap<>();
        shown.filter(col(QaItems.INCLUSION_PROBABILITY)
                        .isNotNull()
                        .and(col(QaItems.MODEL_VERSION).isNotNull()))
                .groupBy(ClassKey.columns())
                .agg(max(col(QaItems.INCLUSION_PROBABILITY)).as(QaItems.INCLUSION_PROBABILITY))
                .collectAsList()
                .forEach(row -> before.put(ClassKey.of(row), row.<Double>getAs(QaItems.INCLUSION_PROBABILITY)));
        Proof proof = Proof.of(config.quality());
        double wanted = config.quality().batches().reviews() > 0
                ? config.quality().batches().reviews()
                : Math.ceil(SPARE * (proof.sampleSize() > 0 ? proof.sampleSize() : proves(counts.size())));
        SortedMap<ClassKey, Double> draws = new TreeMap<>();
        counts.forEach((key, byBucket) -> {
            Double earlier = before.get(key);
            double expected = earlier == null ? 0 : earlier * sum(byBucket);
            if (expected > MOST_TIMES * wanted) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s, model %s, %s: not reviewed, for drawn as before it would be %.0f alarms where %.0f are wanted,"
                                + " and others prove nothing together with those: raise quality.batches.reviews if so many"
                                + " may be asked",
                        key.useCase(),
                        key.modelVersion(),
                        key.label(),
                        expected,
                        wanted));
            } else {
                draws.put(key, earlier != null ? earlier : Math.min(1, wanted / sum(byBucket)));
            }
        });
        return draws;
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long one : counts) {
            sum += one;
        }
        return sum;
    }

    /** Items of each class, most confident first; of several alarms on one image the most confident. */
    SortedMap<ClassKey, List<ReviewItem>> drawn(SortedMap<ClassKey, Double> draws, Predicate<String> usable) {
        List<Row> shares = new ArrayList<>();
        draws.forEach(
                (key, share) -> shares.add(RowFactory.create(key.useCase(), key.modelVersion(), key.label(), share)));
        String salt = "qa|" + config.selection().salt() + "|" + day;
        Column draw = HashDraw.of(salt, ImageUris.canonical(col(Inferences.IMAGE_URI)), col(QaItems.LABEL));
        SortedMap<ClassKey, List<ReviewItem>> drawn = new TreeMap<>();
        collect(
                        alarms().join(broadcast(tables.frame(DRAWS, shares)), CLASS)
                                .filter(draw.lt(col(QaItems.INCLUSION_PROBABILITY)))
                                .withColumn(
                                        QaItems.ITEM_ID,
                                        Candidates.item(
                                                col(QaItems.USE_CASE), col(Inferences.IMAGE_URI), col(QaItems.LABEL)))
                                .groupBy(col(CLASS[0]), col(CLASS[1]), col(CLASS[2]), col(QaItems.ITEM_ID))
                                .agg(max(struct(
                                                col(QaItems.CONFIDENCE),
                                                col(Inferences.IMAGE_URI),
                                                col(Inferences.SITE_ID),
                                                col(Inferences.CAMERA_ID),
                                                col(Inferences.CAPTURED_AT)))
                                        .as(BEST))
                                .select(col("*"), col(BEST + ".*"))
                                .sort(col(QaItems.CONFIDENCE).desc(), col(QaItems.ITEM_ID)),
                        "items")
                .stream()
                .filter(row -> usable.test(ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI))))
                .forEach(row -> drawn.computeIfAbsent(ClassKey.of(row), key -> new ArrayList<>())
                        .add(new ReviewItem(
                                row.getAs(QaItems.ITEM_ID),
                                ImageUris.canonical(row.<String>getAs(Inferences.IMAGE_URI)),
                                row.getAs(Inferences.SITE_ID),
                                row.getAs(Inferences.CAMERA_ID),
                                row.getAs(Inferences.CAPTURED_AT),
                                row.getAs(QaItems.CONFIDENCE),
                                false)));
        return drawn;
    }

    /** How many of a class are reviewed, and how many prove it. */
    String plan(ClassKey key, double share, long[] counts) {
        List<String> expected = new ArrayList<>();
        for (int bucket = buckets.size() - 1; bucket >= 0; bucket--) {
            expected.add(String.format(Locale.ROOT, "%.0f in %s", share * counts[bucket], buckets.name(bucket)));
        }
        return String.format(
                Locale.ROOT,
                "%s, model %s, %s: %.2f %% of %,d alarms are drawn, about %s; a proof takes %d without a wrong one",
                key.useCase(),
                key.modelVersion(),
                key.label(),
                100 * share,
                sum(counts),
                String.join(", ", expected),
                proves(1));
    }
}
