package dev.winnow.candidates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import dev.winnow.analysis.ImageFindings;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The images of a day that a model looks at, so that people can say of some of them what is there. */
final class ModelChecks {
    private static final String PLACE = "place";

    private ModelChecks() {}

    /**
     * Returns one row per image that a model answers on, now or in a batch job, shaped like {@link Candidates} less
     * pipeline, run date and run id. The draw has nothing to do with that of the sample.
     *
     * @param findings of one run date, shaped like {@link ImageFindings} with {@code dimensions}
     * @param salt of the configuration, with the day
     */
    static Dataset<Row> of(Dataset<Row> findings, Collection<String> dimensions, String salt) {
        Column place = row_number()
                .over(Window.partitionBy(col(Inferences.USE_CASE), ImageUris.canonical(col(Inferences.IMAGE_URI)))
                        .orderBy(Inferences.EVENT_DATE, Inferences.INFERENCE_ID));
        List<Column> columns = new ArrayList<>(List.of(
                col(Inferences.USE_CASE),
                lit(Candidates.MODEL_CHECK).as(Candidates.SIGNAL),
                Candidates.item(col(Inferences.USE_CASE), col(Inferences.IMAGE_URI))
                        .as(Candidates.ITEM_ID),
                col(Inferences.INFERENCE_ID),
                col(Inferences.IMAGE_URI),
                col(Inferences.CAPTURED_AT),
                col(Inferences.SITE_ID),
                col(Inferences.CAMERA_ID),
                col(Inferences.MODEL_VERSION),
                col(Inferences.PREDICTED_LABEL),
                col(Inferences.CONFIDENCE),
                lit(null).cast("double").as(Candidates.SCORE),
                HashDraw.of("check|" + salt, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                        .as(Candidates.DRAW),
                lit(null).cast("double").as(Candidates.DRAW_LIMIT),
                lit(null).cast("long").as(Candidates.FRAMES)));
        dimensions.forEach(name -> columns.add(col(TableDef.dimensionColumn(name))));
        return findings.filter(col(ImageFindings.STATUS).isin(ImageFindings.ANSWERED, ImageFindings.SUBMITTED))
                .withColumn(PLACE, place)
                .filter(col(PLACE).equalTo(1))
                .select(columns.toArray(Column[]::new));
    }
}
