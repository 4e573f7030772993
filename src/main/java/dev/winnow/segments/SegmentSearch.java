package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.CameraTable;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Sums the cells of a window to segments, and finds the worst; never touches the facts. */
final class SegmentSearch {
    /** More segments than this would not fit the driver's bounded memory. */
    private static final int MAX_SEGMENTS = 1_000_000;

    private final SegmentSettings settings;
    private final CameraTable cameras;
    private final TableStore tables;
    private final String pipeline;
    private final String version;

    SegmentSearch(SegmentSettings settings, CameraTable cameras, TableStore tables, String pipeline, String version) {
        this.settings = settings;
        this.cameras = cameras;
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
    }

    /** What was written, and a sentence on it. */
    record Found(long rows, String sentence) {}

    /**
     * Writes the findings of a run date.
     *
     * @param dates event dates of the window, newest first
     * @param frameDimensions dimensions of the cells
     */
    Found write(LocalDate day, List<LocalDate> dates, List<String> frameDimensions, String runId) {
        List<Row> rows =
                segments(day, dates, frameDimensions).limit(MAX_SEGMENTS + 1).collectAsList();
        if (rows.size() > MAX_SEGMENTS) {
            throw new ConfigException("more than " + MAX_SEGMENTS
                    + " segments: take a dimension with many values out of the configuration");
        }
        List<Finding> findings = Finding.rank(rows.stream().map(Windows::counts).toList(), settings);
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(SegmentFindings.PIPELINE, pipeline);
        scope.put(SegmentFindings.RUN_DATE, day);
        long written = tables.replace(
                SegmentFindings.TABLE,
                tables.frame(
                        SegmentFindings.TABLE,
                        findings.stream().map(f -> f.row(pipeline, day, runId)).toList()),
                scope);
        return new Found(written, sentence(day, dates, findings));
    }

    private Dataset<Row> segments(LocalDate day, List<LocalDate> dates, List<String> frameDimensions) {
        Column window = col(ExposureDaily.PIPELINE)
                .equalTo(pipeline)
                .and(col(ExposureDaily.CELL_VERSION).equalTo(version))
                .and(col(ExposureDaily.EVENT_DATE).isin(dates.toArray()));
        TableDef exposure = ExposureDaily.TABLE.withDimensions(frameDimensions);
        TableDef verdicts = VerdictDaily.TABLE.withDimensions(frameDimensions);
        LocalDate from = day.minusDays(settings.windowDays() - 1L);
        Dataset<Row> cells = Windows.cells(
                tables.read(exposure).filter(window),
                tables.read(verdicts)
                        .filter(window.and(col(VerdictDaily.ARRIVAL_DATE).between(lit(from), lit(day)))),
                frameDimensions);
        List<String> dimensions = new ArrayList<>(frameDimensions);
        dimensions.addAll(cameras.dimensions());
        return Windows.segments(cameras.withStaticDimensions(cells), Windows.dimensions(dimensions));
    }

    private String sentence(LocalDate day, List<LocalDate> dates, List<Finding> findings) {
        Optional<Finding> worst =
                findings.stream().filter(f -> f.rank() != null && f.rank() == 1).findFirst();
        return String.format(
                Locale.ROOT,
                "%,d segments over %s to %s (%d of %d days are built)%s",
                findings.size(),
                dates.get(dates.size() - 1),
                day,
                dates.size(),
                settings.windowDays(),
                worst.map(f -> "; most excess errors: " + f.describe())
                        .orElse("; none has enough verdicts to be ranked"));
    }
}
