package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Images of a day that two model versions scored and of which one is sure of a class that the other does not say: one of
 * them is wrong, and no measure of doubt tells.
 *
 * <p>The day's cells tell which use cases had several versions; without one that wants such images nothing is read.
 * Otherwise a hash sample of the images of all versions but the largest, bounded by the pool, finds its rows by a broadcast:
 * no other row is shuffled. Boxes are compared by their classes alone, as the log has no places.
 */
final class VersionsDisagree {
    /** Passes over the day that it takes: one for the images, one for their rows. */
    static final int PASSES = 2;

    /** Rows of the smaller versions that are compared, as a multiple of the pool; by judgement, as most agree. */
    private static final long SAMPLE = 4;

    /** Of two that disagree at most one is right; so what people say against the surest comes before. */
    private static final double ONE_OF_TWO = 0.5;

    private static final String IMAGE = "canonical_image";
    private static final String IMAGE_HASH = "image_hash";
    private static final String SEEN_BY = "seen_by";
    private static final String SAID_BY = "said_by";
    private static final String PLACE = "place";

    private VersionsDisagree() {}

    /**
     * Returns one row per image, the surest one that another version contradicts, shaped like what {@link Signals#find}
     * returns; nothing where no use case had two versions and wants such images. The score is half the confidence.
     *
     * @param inferences accepted inferences of the day with {@code dimensions}
     * @param versions use case to model version to its rows of the day
     * @param salt of the configuration, with the day
     */
    static Optional<Dataset<Row>> of(
            Dataset<Row> inferences,
            Collection<String> dimensions,
            Map<String, Map<String, Long>> versions,
            WinnowConfig config,
            String salt) {
        Column draw = HashDraw.of("versions|" + salt, ImageUris.canonical(col(IMAGE_URI)));
        Column compared = lit(false);
        Column smaller = lit(false);
        boolean several = false;
        for (Map.Entry<String, Map<String, Long>> useCase : new TreeMap<>(versions).entrySet()) {
            long pool = SAMPLE * Candidates.poolSize(config, useCase.getKey());
            if (useCase.getValue().size() > 1 && counts(config, useCase.getKey())) {
                String largest = largest(useCase.getValue());
                Column sampled = col(USE_CASE)
                        .equalTo(useCase.getKey())
                        .and(draw.lt((double) pool / rowsBeside(largest, useCase.getValue())));
                compared = compared.or(sampled);
                smaller = smaller.or(sampled.and(col(MODEL_VERSION).notEqual(largest)));
                several = true;
            }
        }
        return several
                ? Optional.of(contradicted(together(inferences, compared, smaller), dimensions, config, salt))
                : Optional.empty();
    }

    /** Whether anything can be chosen for it: otherwise it is not worth its passes. */
    private static boolean counts(WinnowConfig config, String useCase) {
        UseCaseSettings settings = config.useCase(useCase);
        return settings.versionsDisagree()
                && settings.wants(Candidates.settingOf(Candidates.CONFIDENT_WRONG))
                && Candidates.wanted(config, useCase) > 0;
    }

    private static String largest(Map<String, Long> versions) {
        return versions.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .orElseThrow()
                .getKey();
    }

    private static long rowsBeside(String largest, Map<String, Long> versions) {
        return versions.entrySet().stream()
                .filter(version -> !version.getKey().equals(largest))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The rows of all versions of the sampled images. Two images of one hash stay two. */
    private static Dataset<Row> together(Dataset<Row> inferences, Column compared, Column smaller) {
        Dataset<Row> rows = inferences
                .filter(compared)
                .withColumn(IMAGE, ImageUris.canonical(col(IMAGE_URI)))
                .withColumn(IMAGE_HASH, xxhash64(col(USE_CASE), col(IMAGE)));
        return rows.join(
                broadcast(rows.filter(smaller).select(IMAGE_HASH).distinct()), new String[] {IMAGE_HASH}, "left_semi");
    }

    private static Dataset<Row> contradicted(
            Dataset<Row> rows, Collection<String> dimensions, WinnowConfig config, String salt) {
        Column counts = col(PREDICTED_LABEL).isNotNull().and(col(CONFIDENCE).geq(ImageScores.floorOf(config)));
        WindowSpec image = Window.partitionBy(USE_CASE, IMAGE);
        Column others = array_except(col(SEEN_BY), col(SAID_BY));
        List<Column> columns = new ArrayList<>();
        Inferences.TABLE.columns().forEach(name -> columns.add(col(name)));
        dimensions.forEach(name -> columns.add(col(TableDef.dimensionColumn(name))));
        Column content = xxhash64(columns.toArray(Column[]::new));
        Column label = coalesce(col(PREDICTED_LABEL), lit(Inferences.NO_LABEL));
        columns.addAll(List.of(
                lit(Candidates.VERSIONS_DISAGREE).as(Candidates.VERDICT),
                array_min(others).as(Candidates.OTHER_VERSION),
                lit(Candidates.CONFIDENT_WRONG).as(Candidates.SIGNAL),
                col(CONFIDENCE).multiply(ONE_OF_TWO).as(Candidates.SCORE),
                HashDraw.of("draw|" + salt, col(IMAGE_URI), label).as(Candidates.DRAW),
                Candidates.item(col(USE_CASE), col(IMAGE_URI), col(PREDICTED_LABEL))
                        .as(Candidates.ITEM_ID),
                lit(null).cast("double").as(Signals.BOX_SCORE),
                content.as(Signals.CONTENT)));
        Column place = row_number()
                .over(image.orderBy(col(CONFIDENCE).desc(), col(MODEL_VERSION), col(INFERENCE_ID), content));
        return rows.withColumn(SEEN_BY, collect_set(col(MODEL_VERSION)).over(image))
                .withColumn(
                        SAID_BY,
                        collect_set(when(counts, col(MODEL_VERSION)))
                                .over(Window.partitionBy(USE_CASE, IMAGE, PREDICTED_LABEL)))
                .filter(counts.and(col(CONFIDENCE).geq(ConfidentWrong.confidentFrom(config)))
                        .and(array_min(others).isNotNull()))
                .withColumn(PLACE, place)
                .filter(col(PLACE).equalTo(1))
                .select(columns.toArray(Column[]::new));
    }
}
