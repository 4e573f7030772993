package dev.winnow.analysis;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_timestamp;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.segments.Misclassified;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;

/** Draws misclassified images by hash: one of each burst, and of these so many from each stratum. */
final class ImageSample {
    /** Names an image of the sample: hash of use case, day and inference. The lowest of a burst stands for it. */
    static final String CASE_ID = "case_id";

    /** Hash in [0, 1) by which bursts are drawn from their stratum. */
    static final String DRAW = "draw";

    /** Another one, by which drawn images are kept that are no near-duplicates of each other. */
    static final String KEEP_DRAW = "keep_draw";

    /** Class that was wrong: the overlooked one of a miss, else the predicted one. */
    private static final String WRONG_CLASS = "wrong_class";

    private static final String TIME = "time";
    private static final String BURST = "burst";
    private static final String PART = "part";
    private static final String PLACE = "place";
    private static final String TAKE = "take";

    private static final String[] STRATUM_KEY = {Inferences.USE_CASE, ImageFindings.STRATUM};

    /** How many images each stratum gives. */
    static final TableDef TAKES = TableDef.named("sample_takes", "How many images one stratum gives")
            .required(Inferences.USE_CASE, DataTypes.StringType, "Use case")
            .required(ImageFindings.STRATUM, DataTypes.StringType, "Stratum")
            .required(TAKE, DataTypes.IntegerType, "Images to draw")
            .build();

    private ImageSample() {}

    /**
     * Adds stratum, worst elevated segment, and draws.
     *
     * @param wrong shaped like {@link Misclassified}, with all dimensions
     * @param classes that a miss may be of; free texts would make strata of their own
     * @param salt of the configuration, with the day
     */
    static Dataset<Row> stratified(
            Dataset<Row> wrong, Set<String> classes, WorstSegments segments, List<String> dimensions, String salt) {
        Column missed =
                when(col(Misclassified.CORRECTED_LABEL).isin(classes.toArray()), col(Misclassified.CORRECTED_LABEL));
        Column label = when(
                        col(Misclassified.VERDICT).equalTo(Feedback.MISSED),
                        coalesce(missed, lit(Inferences.UNKNOWN_VALUE)))
                .otherwise(coalesce(col(Inferences.PREDICTED_LABEL), lit(Inferences.NO_LABEL)));
        Column day = col(Inferences.EVENT_DATE).cast("string");
        Column[] key = {col(Inferences.USE_CASE), day, col(Inferences.INFERENCE_ID)};
        return wrong.withColumn(WRONG_CLASS, label)
                .withColumn(ImageFindings.SEGMENT, segments.first(col(WRONG_CLASS), dimensions))
                .withColumn(
                        ImageFindings.STRATUM,
                        concat(col(WRONG_CLASS), coalesce(concat(lit(" in "), col(ImageFindings.SEGMENT)), lit(""))))
                .withColumn(CASE_ID, substring(sha2(concat_ws("\n", key), 256), 1, 32))
                .withColumn(DRAW, HashDraw.of("look|" + salt, key))
                .withColumn(KEEP_DRAW, HashDraw.of("keep|" + salt, key));
    }

    /**
     * Keeps one image of each burst and counts the burst as its {@code duplicates}. A burst is of one camera and class,
     * goes on while the next image follows within {@code seconds}, and is split every {@code mostSeconds} from its first
     * image. Which image stands for it has nothing to do with the draws: by the lowest of several draws large bursts would
     * be drawn more often.
     *
     * @param stratified from {@link #stratified}
     */
    static Dataset<Row> onePerBurst(Dataset<Row> stratified, int seconds, int mostSeconds) {
        WindowSpec camera = Window.partitionBy(Inferences.USE_CASE, Inferences.CAMERA_ID, WRONG_CLASS);
        WindowSpec inOrder = camera.orderBy(TIME, CASE_ID);
        Column begins = col(TIME).minus(lag(TIME, 1).over(inOrder)).gt(seconds);
        WindowSpec burst = Window.partitionBy(Inferences.USE_CASE, Inferences.CAMERA_ID, WRONG_CLASS, BURST);
        WindowSpec part = Window.partitionBy(Inferences.USE_CASE, Inferences.CAMERA_ID, WRONG_CLASS, BURST, PART);
        return stratified
                .withColumn(TIME, unix_timestamp(col(Inferences.CAPTURED_AT)))
                .withColumn(BURST, when(begins, 1).otherwise(0))
                .withColumn(BURST, sum(BURST).over(inOrder))
                .withColumn(PART, floor(col(TIME).minus(min(TIME).over(burst)).divide(lit(mostSeconds))))
                .withColumn(ImageFindings.DUPLICATES, count(lit(1)).over(part))
                .withColumn(PLACE, row_number().over(part.orderBy(CASE_ID)))
                .filter(col(PLACE).equalTo(1))
                .drop(WRONG_CLASS, TIME, BURST, PART, PLACE);
    }

    /**
     * Keeps so many rows of each stratum, those with the lowest draws. Sorts within a stratum, never over all.
     *
     * @param takes shaped like {@link #TAKES}, one row per stratum
     */
    static Dataset<Row> drawn(Dataset<Row> bursts, Dataset<Row> takes) {
        Column place = row_number()
                .over(Window.partitionBy(Inferences.USE_CASE, ImageFindings.STRATUM)
                        .orderBy(DRAW, CASE_ID));
        return bursts.join(broadcast(takes), STRATUM_KEY)
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(col(TAKE)))
                .drop(PLACE, TAKE);
    }
}
