package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.inputs.Inferences;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The second pass over the inferences of a day: scores them and keeps what survives the cuts. */
final class Signals {
    private static final double TWO_TO_MINUS_53 = 0x1p-53;
    private static final String FOUND = "found";

    private Signals() {}

    /**
     * Returns one row per item and signal, shaped like {@link Candidates} less pipeline, run date and run id.
     *
     * <p>Scores: {@code BOUNDARY} 1 - |c - t| / b inside the band, its edges left out (Settles 2009, margin of a binary
     * decision), {@code LOW_CONFIDENCE} 1 - c below the limit (least confidence where only the top confidence is known).
     * A frame without output has neither, whatever confidence the log wrote there. The audit is drawn by the hash of the
     * image, with a salt of its own, so that it does not follow the scores.
     *
     * @param inferences accepted inferences of the day with all dimensions
     * @param cuts shaped like {@link DayCuts}, small
     * @param salt of the configuration, with the day
     * @param rowsAreImages whether a row stands for an image, so that rows count frames
     */
    static Dataset<Row> find(Dataset<Row> inferences, Dataset<Row> cuts, String salt, boolean rowsAreImages) {
        Column confidence = when(col(PREDICTED_LABEL).isNotNull(), col(CONFIDENCE));
        Column label = coalesce(col(PREDICTED_LABEL), lit(Inferences.NO_LABEL));
        Column boundary = lit(1).minus(
                        abs(col(CONFIDENCE).minus(col(DayCuts.ALARM_THRESHOLD))).divide(col(DayCuts.BOUNDARY_BAND)));
        Column low = when(col(CONFIDENCE).lt(col(DayCuts.LOW_BELOW)), lit(1).minus(col(CONFIDENCE)));
        Column draw = draw("draw|" + salt, col(IMAGE_URI), label);
        Column auditDraw = draw("audit|" + salt, col(IMAGE_URI));
        Column frames = rowsAreImages ? col(DayCuts.FRAMES) : lit(null).cast("long");
        Column signals = array(
                signal(Candidates.BOUNDARY, passes(DayCuts.BOUNDARY, boundary, draw), boundary, draw),
                signal(Candidates.LOW_CONFIDENCE, passes(DayCuts.LOW, low, draw), low, draw),
                when(
                        auditDraw.lt(col(DayCuts.AUDIT_LIMIT)),
                        found(
                                lit(Candidates.AUDIT),
                                lit(null).cast("double"),
                                auditDraw,
                                col(DayCuts.AUDIT_LIMIT),
                                frames)));
        Column auditItem = col(FOUND + ".signal").equalTo(Candidates.AUDIT);
        Column item = substring(
                sha2(
                        concat_ws(
                                "\n",
                                col(USE_CASE),
                                col(IMAGE_URI),
                                when(auditItem, lit(null).cast("string")).otherwise(col(PREDICTED_LABEL))),
                        256),
                1,
                32);
        // Ids are unique only as far as the log can be trusted.
        Column content = xxhash64(
                Arrays.stream(inferences.columns()).map(name -> col(name)).toArray(Column[]::new));
        Column best = row_number()
                .over(Window.partitionBy(col(USE_CASE), col(FOUND + ".signal"), col(Candidates.ITEM_ID))
                        .orderBy(col(FOUND + ".score").desc(), col(INFERENCE_ID), content));
        return inferences
                .withColumn(CONFIDENCE, confidence)
                .withColumn(DayCuts.LABEL, label)
                .join(broadcast(cuts), new String[] {USE_CASE, DayCuts.LABEL})
                .withColumn(FOUND, org.apache.spark.sql.functions.filter(signals, s -> s.isNotNull()))
                .filter(org.apache.spark.sql.functions.size(col(FOUND)).gt(0))
                .withColumn(FOUND, explode(col(FOUND)))
                .drop(DayCuts.FRAMES)
                .withColumn(Candidates.ITEM_ID, item)
                .withColumn("best", best)
                .filter(col("best").equalTo(1))
                .select(col("*"), col(FOUND + ".*"))
                .drop(FOUND, "best");
    }

    /**
     * Maps values to [0, 1) by hash: the 53 upper bits of Spark's xxhash64 of {@code salt|value|...}, the same for any
     * partitioning.
     */
    static Column draw(String salt, Column... values) {
        Column[] parts = new Column[values.length + 1];
        parts[0] = lit(salt);
        System.arraycopy(values, 0, parts, 1, values.length);
        return shiftrightunsigned(xxhash64(concat_ws("|", parts)), 11)
                .cast("double")
                .multiply(lit(TWO_TO_MINUS_53));
    }

    private static Column passes(String cut, Column score, Column draw) {
        return score.gt(0)
                .and(score.geq(col(cut + "_keep"))
                        .or(score.geq(col(cut + "_consider")).and(draw.lt(col(cut + "_share")))));
    }

    private static Column signal(String name, Column passes, Column score, Column draw) {
        return when(
                passes,
                found(
                        lit(name),
                        score,
                        draw,
                        lit(null).cast("double"),
                        lit(null).cast("long")));
    }

    private static Column found(Column signal, Column score, Column draw, Column limit, Column frames) {
        return struct(
                signal.as(Candidates.SIGNAL),
                score.as(Candidates.SCORE),
                draw.as(Candidates.DRAW),
                limit.as(Candidates.DRAW_LIMIT),
                frames.as(Candidates.FRAMES));
    }
}
