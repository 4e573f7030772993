package dev.winnow.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.LabelQa;
import java.util.List;
import org.apache.spark.sql.Column;

/** How right labels are by class, and from which confidence a class is proven: the newest state. */
final class LabelQuality {
    /** Classes shown of a use case, those with most wrong labels first. */
    static final int CLASSES = 25;

    /** The one rule under which a threshold is proven, however often somebody looked. */
    private static final String WALK = "PROVEN";

    private LabelQuality() {}

    /** Classes by use case, over all confidences from the base threshold on. */
    static ArrayNode classes(Reading reading) {
        Column wrong = col(LabelQa.DISCONFIRMED).plus(col(LabelQa.SPLIT));
        Column[] order = {
            wrong.desc(), col(LabelQa.LABEL), col(LabelQa.MODEL_VERSION), col(LabelQa.SOURCE), col(LabelQa.DESIGN)
        };
        return Json.rows(Reading.first(
                        CLASSES,
                        reading.newest(LabelQa.TABLE)
                                .filter(col(LabelQa.BUCKET)
                                        .equalTo(LabelQa.ALL)
                                        .and(col(LabelQa.LABEL).notEqual(LabelQa.ALL))),
                        List.of(col(LabelQa.USE_CASE)),
                        order)
                .orderBy(col(LabelQa.USE_CASE), order[0], order[1], order[2], order[3], order[4])
                .select(Reading.columns(
                        LabelQa.USE_CASE,
                        LabelQa.LABEL,
                        LabelQa.MODEL_VERSION,
                        LabelQa.SOURCE,
                        LabelQa.DESIGN,
                        LabelQa.TOTAL,
                        LabelQa.CONFIRMED,
                        LabelQa.UNREVIEWED,
                        LabelQa.CORRECT_SHARE,
                        LabelQa.CORRECT_LOW,
                        LabelQa.CORRECT_HIGH))
                .collectAsList());
    }

    /** Thresholds of classes by use case, those that hold first. */
    static ArrayNode thresholds(Reading reading) {
        Column[] order = {
            col(ClassThresholds.THRESHOLD).isNull(),
            col(ClassThresholds.LABEL),
            col(ClassThresholds.MODEL_VERSION),
            col(ClassThresholds.SOURCE),
            col(ClassThresholds.DESIGN)
        };
        return Json.rows(Reading.first(
                        CLASSES,
                        reading.newest(ClassThresholds.TABLE)
                                .filter(col(ClassThresholds.WALK)
                                        .equalTo(WALK)
                                        .and(col(ClassThresholds.LABEL).notEqual(LabelQa.ALL))),
                        List.of(col(ClassThresholds.USE_CASE)),
                        order)
                .orderBy(col(ClassThresholds.USE_CASE), order[0], order[1], order[2], order[3], order[4])
                .select(Reading.columns(
                        ClassThresholds.USE_CASE,
                        ClassThresholds.LABEL,
                        ClassThresholds.MODEL_VERSION,
                        ClassThresholds.STATUS,
                        ClassThresholds.THRESHOLD,
                        ClassThresholds.REVIEWED,
                        ClassThresholds.WRONG,
                        ClassThresholds.LIMIT,
                        ClassThresholds.NEEDED_N,
                        ClassThresholds.PROOF))
                .collectAsList());
    }
}
