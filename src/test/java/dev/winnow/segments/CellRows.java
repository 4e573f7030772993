package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of exposure and verdicts of pipeline p, use case u, one dimension {@code light}; sites go by camera. */
final class CellRows {
    static final List<String> DIMENSIONS = List.of("light");

    private final List<String> exposure = new ArrayList<>();
    private final List<String> verdicts = new ArrayList<>();

    static LocalDate day(int number) {
        return LocalDate.parse("2026-10-01").plusDays(number - 1L);
    }

    /** Alarms (frames where the label is {@code __NONE__}) of one confidence bin. */
    CellRows shown(int day, String camera, String label, String light, int bin, long shown) {
        long[] histogram = new long[ExposureDaily.BINS];
        histogram[bin] = shown;
        exposure.add(("{'pipeline':'p','event_date':'%s','cell_version':'v','site_id':'s-%s','camera_id':'%s',"
                        + "'use_case':'u','model_version':'m','label':'%s','dim_light':'%s','shown':%d,"
                        + "'confidence_histogram':%s}")
                .formatted(day(day), camera, camera, label, light, shown, Arrays.toString(histogram)));
        return this;
    }

    /** What arrived on a day about another. */
    CellRows judged(
            int arrival, int day, String camera, String label, String light, int bin, long wrong, long confirmed) {
        verdicts.add(("{'pipeline':'p','arrival_date':'%s','event_date':'%s','cell_version':'v','site_id':'s-%s',"
                        + "'camera_id':'%s','use_case':'u','model_version':'m','label':'%s','dim_light':'%s',"
                        + "'confidence_bin':%d,'false_positives':%d,'confirmed':%d,'relabeled':0,'missed':0}")
                .formatted(day(arrival), day(day), camera, camera, label, light, bin, wrong, confirmed));
        return this;
    }

    Dataset<Row> exposure() {
        TableDef table = ExposureDaily.TABLE.withDimensions(DIMENSIONS);
        // Read as JSON an array could hold nulls, which the table forbids.
        return SparkExtension.session()
                .createDataFrame(
                        Frames.of(table, exposure.toArray(String[]::new)).collectAsList(), table.schema());
    }

    Dataset<Row> verdicts() {
        return Frames.of(VerdictDaily.TABLE.withDimensions(DIMENSIONS), verdicts.toArray(String[]::new));
    }

    /** What a run of that day knows. */
    UseCaseWindow learned(int day) {
        return Objects.requireNonNull(UseCaseWindow.learn(
                        exposure(),
                        verdicts().filter(col(VerdictDaily.ARRIVAL_DATE).leq(lit(day(day)))),
                        day(day),
                        EvidenceTest.SETTINGS)
                .get("u"));
    }
}
