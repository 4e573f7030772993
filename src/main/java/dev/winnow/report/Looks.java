package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.inputs.Inferences;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What was seen on misclassified images. */
final class Looks {
    /** Images of a use case whose brightness and sharpness are drawn, by inference. */
    static final int POINTS = 300;

    private static final String IMAGES = "images";

    private Looks() {}

    /** How the looks ended, with tokens and dollars; by use case and status. */
    static ArrayNode statuses(Reading reading) {
        return rows(reading.day(ImageFindings.TABLE)
                .groupBy(Inferences.USE_CASE, ImageFindings.STATUS)
                .agg(
                        count(lit(1)).as(IMAGES),
                        sum(ImageFindings.INPUT_TOKENS).as(ImageFindings.INPUT_TOKENS),
                        sum(ImageFindings.OUTPUT_TOKENS).as(ImageFindings.OUTPUT_TOKENS),
                        sum(ImageFindings.COST).as(ImageFindings.COST))
                .orderBy(Inferences.USE_CASE, ImageFindings.STATUS));
    }

    /** Why predictions fail, the most frequent first; both lists of words are closed. */
    static ArrayNode failureModes(Reading reading) {
        return counted(
                reading.day(ImageFindings.TABLE)
                        .filter(col(ImageFindings.FAILURE_MODE).isNotNull()),
                ImageFindings.FAILURE_MODE);
    }

    /** Conditions of the images, the most frequent first. */
    static ArrayNode conditions(Reading reading) {
        String condition = "condition";
        return counted(
                reading.day(ImageFindings.TABLE)
                        .select(
                                col(Inferences.USE_CASE),
                                explode(col(ImageFindings.CONDITIONS)).as(condition)),
                condition);
    }

    private static ArrayNode counted(Dataset<Row> rows, String word) {
        return rows(rows.groupBy(Inferences.USE_CASE, word)
                .agg(count(lit(1)).as(IMAGES))
                .orderBy(col(Inferences.USE_CASE), col(IMAGES).desc(), col(word))
                .limit(1_000));
    }

    /** Brightness and sharpness of images, by use case and inference. */
    static ArrayNode measures(Reading reading) {
        return rows(Reading.first(
                        POINTS,
                        reading.day(ImageFindings.TABLE)
                                .filter(col(ImageFindings.BRIGHTNESS).isNotNull()),
                        List.of(col(Inferences.USE_CASE)),
                        col(Inferences.INFERENCE_ID),
                        col(Inferences.EVENT_DATE))
                .orderBy(Inferences.USE_CASE, Inferences.INFERENCE_ID, Inferences.EVENT_DATE)
                .select(
                        Inferences.USE_CASE,
                        ImageFindings.VERDICT,
                        ImageFindings.BRIGHTNESS,
                        ImageFindings.CONTRAST,
                        ImageFindings.SHARPNESS));
    }

    private static ArrayNode rows(Dataset<Row> rows) {
        return Json.rows(rows.collectAsList());
    }
}
