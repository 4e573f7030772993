package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.config.UseCaseSettings.ClassThresholds;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What cells say beside segments: confidences of the day, their worth, and each day of each use case. */
final class Confidence {
    /** Classes shown of a use case, those with the most alarms of the day. */
    static final int CLASSES = 8;

    private static final String ALARMS = "alarms";
    private static final String WRONG = "wrong";

    private final Reading reading;
    private final String cellVersion;

    /**
     * Reads the cells of one version.
     *
     * @param cellVersion as in {@link ExposureDaily#CELL_VERSION}
     */
    Confidence(Reading reading, String cellVersion) {
        this.reading = reading;
        this.cellVersion = cellVersion;
    }

    /** Alarms of the run date by confidence, one row per use case and class, with the class's thresholds. */
    ArrayNode histograms(WinnowConfig config) {
        List<Column> bins = new ArrayList<>(List.of(sum(ExposureDaily.SHOWN).as(ALARMS)));
        IntStream.range(0, ExposureDaily.BINS)
                .forEach(i -> bins.add(
                        sum(col(ExposureDaily.CONFIDENCE_HISTOGRAM).getItem(i)).as(bin(i))));
        Dataset<Row> sums = alarms().filter(col(ExposureDaily.EVENT_DATE).equalTo(reading.day()))
                .groupBy(Inferences.USE_CASE, ExposureDaily.LABEL)
                .agg(bins.get(0), bins.subList(1, bins.size()).toArray(Column[]::new));
        ArrayNode all = Json.array();
        for (Row row : Reading.first(
                        CLASSES,
                        sums,
                        List.of(col(Inferences.USE_CASE)),
                        col(ALARMS).desc(),
                        col(ExposureDaily.LABEL))
                .orderBy(col(Inferences.USE_CASE), col(ALARMS).desc(), col(ExposureDaily.LABEL))
                .collectAsList()) {
            all.add(histogram(row, config));
        }
        return all;
    }

    private static ObjectNode histogram(Row row, WinnowConfig config) {
        String useCase = row.getAs(Inferences.USE_CASE);
        String label = row.getAs(ExposureDaily.LABEL);
        ClassThresholds thresholds = config.useCase(useCase).thresholds(label);
        ObjectNode json = Json.object();
        json.set(Inferences.USE_CASE, Json.value(useCase));
        json.set(ExposureDaily.LABEL, Json.value(label));
        json.set(ALARMS, Json.value(row.<Long>getAs(ALARMS)));
        json.put("alarm_threshold", thresholds.alarmThreshold());
        json.put("boundary_band", thresholds.boundaryBand());
        json.put("low_confidence_below", thresholds.lowConfidenceBelow());
        ArrayNode counts = json.putArray("histogram");
        IntStream.range(0, ExposureDaily.BINS).forEach(i -> counts.add(row.<Long>getAs(bin(i))));
        return json;
    }

    private static String bin(int i) {
        return "bin_" + i;
    }

    /** Judged alarms of the trend's days by confidence: how many of them were right; by use case and bin. */
    ArrayNode reliability() {
        return rows(verdicts()
                .filter(col(VerdictDaily.CONFIDENCE_BIN).isNotNull())
                .groupBy(Inferences.USE_CASE, VerdictDaily.CONFIDENCE_BIN)
                .agg(wrong(), sum(VerdictDaily.CONFIRMED).as(VerdictDaily.CONFIRMED))
                .orderBy(Inferences.USE_CASE, VerdictDaily.CONFIDENCE_BIN));
    }

    /** Alarms and marks of each event date of the trend, by use case and date. */
    ArrayNode days() {
        Dataset<Row> shown = alarms().groupBy(Inferences.USE_CASE, ExposureDaily.EVENT_DATE)
                .agg(sum(ExposureDaily.SHOWN).as(ALARMS));
        Dataset<Row> marked = verdicts()
                .groupBy(Inferences.USE_CASE, ExposureDaily.EVENT_DATE)
                .agg(
                        wrong(),
                        sum(VerdictDaily.CONFIRMED).as(VerdictDaily.CONFIRMED),
                        sum(VerdictDaily.MISSED).as(VerdictDaily.MISSED));
        return rows(shown.join(marked, new String[] {Inferences.USE_CASE, ExposureDaily.EVENT_DATE}, "left")
                .orderBy(Inferences.USE_CASE, ExposureDaily.EVENT_DATE));
    }

    private static Column wrong() {
        return sum(col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED)))
                .as(WRONG);
    }

    private Dataset<Row> alarms() {
        return ofVersion(reading.trend(ExposureDaily.TABLE, ExposureDaily.EVENT_DATE))
                .filter(col(ExposureDaily.LABEL).notEqual(Inferences.NO_LABEL));
    }

    private Dataset<Row> verdicts() {
        return ofVersion(reading.trend(VerdictDaily.TABLE, VerdictDaily.ARRIVAL_DATE))
                .filter(col(VerdictDaily.EVENT_DATE).geq(reading.day().minusDays(Reading.TREND_DAYS - 1L)));
    }

    private Dataset<Row> ofVersion(Dataset<Row> cells) {
        return cells.filter(col(ExposureDaily.CELL_VERSION).equalTo(cellVersion));
    }

    private static ArrayNode rows(Dataset<Row> rows) {
        return Json.rows(rows.collectAsList());
    }
}
