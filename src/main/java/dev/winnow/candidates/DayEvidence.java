package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What stages before found of a day, read from their tables: cells, verdicts, needs of classes, segments, contradicted
 * inferences and what was seen on images. What comes to the driver is bounded by classes and segments, not by rows.
 */
final class DayEvidence {
    private static final String PLACE = "place";

    private final WinnowConfig config;
    private final List<String> dimensions;
    private final CameraTable cameras;
    private final TableStore tables;
    private final LocalDate day;

    /**
     * Opens the tables.
     *
     * @param dimensions of frames, as the inference log has them
     */
    DayEvidence(WinnowConfig config, List<String> dimensions, CameraTable cameras, TableStore tables, LocalDate day) {
        this.config = config;
        this.dimensions = List.copyOf(dimensions);
        this.cameras = cameras;
        this.tables = tables;
        this.day = day;
    }

    private List<String> allDimensions() {
        List<String> all = new ArrayList<>(dimensions);
        all.addAll(cameras.dimensions());
        return all;
    }

    /** The day's cells of this configuration. */
    Dataset<Row> cells() {
        return tables.read(ExposureDaily.TABLE.withDimensions(dimensions))
                .filter(col(ExposureDaily.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ExposureDaily.EVENT_DATE).equalTo(lit(day)))
                        .and(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config))));
    }

    /**
     * The window's verdicts that can stand for all alarms, as `segments` of the day found: on event dates that are mature,
     * and of use cases whose customers confirm often enough. Complaints alone tell no probability.
     */
    Dataset<Row> verdicts() {
        Column counts = lit(false);
        for (Row whole : tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(size(col(SegmentFindings.DIMENSIONS)).equalTo(0))
                        .and(col(SegmentFindings.MEASURE).equalTo(SegmentFindings.MEASURE_FDR)))
                .select(SegmentFindings.USE_CASE, SegmentFindings.LAST_EVENT_DATE)
                .sort(SegmentFindings.USE_CASE)
                .collectAsList()) {
            counts = counts.or(col(USE_CASE)
                    .equalTo(whole.getString(0))
                    .and(col(VerdictDaily.EVENT_DATE).leq(lit(whole.getLocalDate(1)))));
        }
        LocalDate from = day.minusDays(config.segments().windowDays() - 1L);
        return tables.read(VerdictDaily.TABLE.withDimensions(dimensions))
                .filter(col(VerdictDaily.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(VerdictDaily.CELL_VERSION).equalTo(CellVersion.of(config)))
                        .and(col(VerdictDaily.ARRIVAL_DATE).between(lit(from), lit(day)))
                        // Not of the day itself: what is judged already would rank by its own verdict.
                        .and(col(VerdictDaily.EVENT_DATE).between(lit(from), lit(day.minusDays(1))))
                        .and(counts));
    }

    /**
     * What the cells count.
     *
     * @param histograms rows by use case, class and confidence bin; frames without output stand in element 0 of their label
     * @param versions rows by use case and model version
     */
    record Counted(Map<String, Map<String, long[]>> histograms, Map<String, Map<String, Long>> versions) {
        /** Returns rows by use case. */
        Map<String, Long> rows() {
            Map<String, Long> rows = new TreeMap<>();
            histograms.forEach((useCase, labels) -> rows.put(useCase, DayCuts.rows(labels)));
            return rows;
        }

        /** Returns the rows of all use cases. */
        long read() {
            return rows().values().stream().mapToLong(Long::longValue).sum();
        }

        private void add(Row cell) {
            String useCase = cell.getAs(USE_CASE);
            long rows = cell.<Long>getAs("rows");
            histograms.computeIfAbsent(useCase, u -> new TreeMap<>())
                    .computeIfAbsent(cell.getAs(ExposureDaily.LABEL), l -> new long[ExposureDaily.BINS])[
                    cell.<Integer>getAs("pos")] += rows;
            if (rows > 0) {
                versions.computeIfAbsent(useCase, u -> new TreeMap<>())
                        .merge(cell.getAs(MODEL_VERSION), rows, Long::sum);
            }
        }
    }

    /** Counts what the day's cells hold. */
    Counted counted() {
        Dataset<Row> cells = cells();
        Column none = col(ExposureDaily.LABEL).equalTo(Inferences.NO_LABEL);
        Counted counted = new Counted(new TreeMap<>(), new TreeMap<>());
        cells.filter(none)
                .groupBy(USE_CASE, ExposureDaily.LABEL, MODEL_VERSION)
                .agg(lit(0).as("pos"), sum(ExposureDaily.SHOWN).as("rows"))
                .unionByName(cells.filter(not(none))
                        .select(
                                col(USE_CASE),
                                col(ExposureDaily.LABEL),
                                col(MODEL_VERSION),
                                posexplode(col(ExposureDaily.CONFIDENCE_HISTOGRAM)))
                        .groupBy(USE_CASE, ExposureDaily.LABEL, MODEL_VERSION, "pos")
                        .agg(sum("col").as("rows")))
                .collectAsList()
                .forEach(counted::add);
        return counted;
    }

    /** Use case to class that the day's map calls thin and in error, to its need. */
    Map<String, Map<String, Double>> needs() {
        Map<String, Map<String, Double>> needs = new TreeMap<>();
        tables.read(ClassImbalance.TABLE)
                .filter(col(ClassImbalance.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ClassImbalance.RUN_DATE).equalTo(lit(day)))
                        .and(col(ClassImbalance.DIMENSION).isNull())
                        .and(col(ClassImbalance.ACTION).isin(ClassImbalance.THIN_ACTIONS.toArray()))
                        .and(col(ClassImbalance.NEED).gt(0)))
                .select(USE_CASE, ClassImbalance.LABEL, ClassImbalance.NEED)
                .collectAsList()
                .forEach(row -> needs.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                        .put(row.getString(1), row.getDouble(2)));
        return needs;
    }

    /** The worst segments that `segments` called elevated or suspected on the day, worst first within a use case. */
    List<Row> elevated() {
        Column place = row_number().over(Window.partitionBy(USE_CASE).orderBy(SegmentFindings.RANK));
        List<Column> columns = new ArrayList<>(List.of(SegmentFindings.conjunction()));
        columns.add(col(SegmentFindings.EXCESS_ERRORS));
        columns.add(col(SegmentFindings.FDR_SHRUNK));
        columns.add(col(SegmentFindings.FDR));
        return tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.STATUS).isNotNull())
                        .and(not(col(SegmentFindings.REDUNDANT)))
                        .and(col(SegmentFindings.EXCESS_ERRORS).gt(0)))
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(config.selection().elevatedSegments()))
                .sort(USE_CASE, PLACE)
                .select(columns.toArray(Column[]::new))
                .collectAsList();
    }

    /** The day's cells with the segment that their alarms count for: the worst that they lie in; null for none. */
    Dataset<Row> cells(WorstSegments segments, Column segment) {
        // Only cameras tell some dimensions; without segments nobody asks for them.
        Dataset<Row> known = segments.isEmpty() ? cells() : cells().transform(cameras::withStaticDimensions);
        Dataset<Row> placed = known.withColumn(SegmentCuts.SEGMENT, segment);
        return placed.drop(
                cameras.dimensions().stream().map(TableDef::dimensionColumn).toArray(String[]::new));
    }

    /** What customers contradicted on the day, with all dimensions; what labels contradict has its label. */
    Dataset<Row> wrong() {
        return tables.read(Misclassified.TABLE.withDimensions(dimensions))
                .filter(col(Misclassified.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Misclassified.ARRIVAL_DATE).equalTo(lit(day))))
                .transform(cameras::withStaticDimensions);
    }

    /** What `analyze` found on the day, if it ran. */
    Dataset<Row> findings() {
        return tables.read(ImageFindings.TABLE.withDimensions(allDimensions()))
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE).equalTo(lit(day))));
    }

    /** Changes with what `analyze` found on the day. */
    String lookedAt() {
        return findings()
                .groupBy(ImageFindings.RUN_ID, ImageFindings.STATUS, ImageFindings.FAILURE_MODE)
                .agg(count(lit(1)))
                .sort(ImageFindings.RUN_ID, ImageFindings.STATUS, ImageFindings.FAILURE_MODE)
                .collectAsList()
                .toString();
    }
}
