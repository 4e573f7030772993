package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.analysis.ImageFindings;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.Misclassified;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What people contradict although the model was sure of it, what it overlooked, and marks that whoever looked at the image
 * doubts: no measure of doubt finds these.
 */
final class ConfidentWrong {
    /** Nothing stands for the confidence in an object that the model did not see. */
    private static final double OVERLOOKED = 1;

    /** One of two is right, the model or the customer; so what nobody defends comes before. */
    private static final double ONE_OF_TWO = 0.5;

    private ConfidentWrong() {}

    /**
     * Returns one row per inference, shaped like what {@link Signals#find} returns. The score is the confidence, and 1
     * for what was overlooked.
     *
     * @param wrong shaped like {@link Misclassified}, with {@code dimensions}
     * @param salt of the configuration, with the day
     */
    static Dataset<Row> of(Dataset<Row> wrong, Collection<String> dimensions, WinnowConfig config, String salt) {
        Column score = when(col(Misclassified.VERDICT).equalTo(Feedback.MISSED), lit(OVERLOOKED))
                .when(col(CONFIDENCE).geq(confidentFrom(config)), col(CONFIDENCE));
        return rows(wrong, dimensions, col(Misclassified.VERDICT), score, salt);
    }

    /**
     * Returns alarms that customers contradicted and that the model which looked at the image defends, one row per
     * inference, of the same shape. What a label contradicts has its label. The score is half the confidence.
     *
     * @param findings of one run date, shaped like {@link ImageFindings} with {@code dimensions}
     * @param salt of the configuration, with the day
     */
    static Dataset<Row> disputed(Dataset<Row> findings, Collection<String> dimensions, String salt) {
        return rows(
                findings.filter(col(ImageFindings.STATUS)
                        .equalTo(ImageFindings.ANSWERED)
                        .and(col(ImageFindings.FAILURE_MODE).equalTo(ImageFindings.LABEL_WRONG))
                        .and(col(ImageFindings.VERDICT).notEqual(Feedback.MISSED))
                        .and(coalesce(col(ImageFindings.FOUND_BY), lit(ImageFindings.FEEDBACK))
                                .equalTo(ImageFindings.FEEDBACK))),
                dimensions,
                lit(Candidates.ANALYSIS_DISAGREES),
                col(CONFIDENCE).multiply(ONE_OF_TWO),
                salt);
    }

    private static Dataset<Row> rows(
            Dataset<Row> inferences, Collection<String> dimensions, Column verdict, Column score, String salt) {
        Column label = coalesce(col(PREDICTED_LABEL), lit(Inferences.NO_LABEL));
        List<Column> columns = new ArrayList<>();
        Inferences.TABLE.columns().forEach(name -> columns.add(col(name)));
        dimensions.forEach(name -> columns.add(col(TableDef.dimensionColumn(name))));
        columns.add(verdict.as(Candidates.VERDICT));
        Column content = xxhash64(columns.toArray(Column[]::new));
        columns.addAll(List.of(
                lit(Candidates.CONFIDENT_WRONG).as(Candidates.SIGNAL),
                score.as(Candidates.SCORE),
                HashDraw.of("draw|" + salt, col(IMAGE_URI), label).as(Candidates.DRAW),
                Candidates.item(col(USE_CASE), col(IMAGE_URI), col(PREDICTED_LABEL))
                        .as(Candidates.ITEM_ID),
                lit(null).cast("double").as(Signals.BOX_SCORE),
                content.as(Signals.CONTENT)));
        return inferences
                .select(columns.toArray(Column[]::new))
                .filter(col(Candidates.SCORE).isNotNull());
    }

    /** Confidence from which the model counts as sure, by use case and class. */
    static Column confidentFrom(WinnowConfig config) {
        Column from = ofClass(config.useCase(WinnowConfig.DEFAULT_USE_CASE));
        for (Map.Entry<String, UseCaseSettings> useCase : config.useCases().entrySet()) {
            from = when(col(USE_CASE).equalTo(useCase.getKey()), ofClass(useCase.getValue()))
                    .otherwise(from);
        }
        return from;
    }

    private static Column ofClass(UseCaseSettings settings) {
        Column from = lit(settings.thresholds().confidentFrom());
        for (String label : settings.classes().keySet()) {
            from = when(
                            col(PREDICTED_LABEL).equalTo(label),
                            lit(settings.thresholds(label).confidentFrom()))
                    .otherwise(from);
        }
        return from;
    }
}
