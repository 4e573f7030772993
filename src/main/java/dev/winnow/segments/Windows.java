package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Sums day cells to the segments of a window; never touches the facts. */
final class Windows {
    static final String ALARMS = SegmentFindings.ALARMS;
    static final String SEGMENT = SegmentFindings.SEGMENT;

    private static final List<String> COUNTS = List.of(
            ALARMS, VerdictDaily.FALSE_POSITIVES, VerdictDaily.CONFIRMED, VerdictDaily.RELABELED, VerdictDaily.MISSED);

    private Windows() {}

    /**
     * Dimension name to cell column, in name order: what the configuration names, and class, model version and site,
     * which every cell has.
     */
    static Map<String, String> dimensions(List<String> configured) {
        Map<String, String> columns = new TreeMap<>();
        columns.put("label", LABEL);
        columns.put("model_version", MODEL_VERSION);
        columns.put("site", SITE_ID);
        configured.forEach(name -> columns.put(name, TableDef.dimensionColumn(name)));
        return columns;
    }

    /** Adds exposure and verdicts of a window to one row per camera and combination of values. */
    static Dataset<Row> cells(Dataset<Row> exposure, Dataset<Row> verdicts, List<String> frameDimensions) {
        List<String> keys = Cells.keys(frameDimensions);
        List<Column> shown = new ArrayList<>(List.of(Cells.columns(keys)));
        shown.add(col(SHOWN).as(ALARMS));
        List<Column> judged = new ArrayList<>(List.of(Cells.columns(keys)));
        judged.add(lit(0L).as(ALARMS));
        for (String count : COUNTS.subList(1, COUNTS.size())) {
            shown.add(lit(0L).as(count));
            judged.add(col(count));
        }
        return exposure.filter(col(LABEL).notEqual(Inferences.NO_LABEL))
                .select(shown.toArray(Column[]::new))
                .unionByName(verdicts.select(judged.toArray(Column[]::new)))
                .groupBy(Cells.columns(keys))
                .agg(sums().get(0), sums().subList(1, COUNTS.size()).toArray(Column[]::new));
    }

    /**
     * Sums cells to every segment of no, one or two predicates.
     *
     * <p>Counts go to (segment, camera) first and to the segment after: cameras are the clusters.
     *
     * @return {@code use_case}, {@code segment} (array of structs dimension, value), the counts, {@code cameras}
     */
    static Dataset<Row> segments(Dataset<Row> cells, Map<String, String> dimensions) {
        List<Column> predicates = new ArrayList<>();
        dimensions.forEach((name, column) ->
                predicates.add(struct(lit(name).as("dimension"), col(column).as("value"))));
        List<Column> segments = new ArrayList<>();
        segments.add(expr("cast(array() as array<struct<dimension:string,value:string>>)"));
        for (int i = 0; i < predicates.size(); i++) {
            segments.add(array(predicates.get(i)));
            for (int j = i + 1; j < predicates.size(); j++) {
                segments.add(array(predicates.get(i), predicates.get(j)));
            }
        }
        return cells.withColumn(SEGMENT, explode(array(segments.toArray(Column[]::new))))
                .groupBy(col(USE_CASE), col(SEGMENT), col(CAMERA_ID))
                .agg(sums().get(0), sums().subList(1, COUNTS.size()).toArray(Column[]::new))
                .withColumn(SegmentFindings.CAMERAS, when(col(ALARMS).gt(0), 1L).otherwise(0L))
                .groupBy(USE_CASE, SEGMENT)
                .agg(sum(SegmentFindings.CAMERAS).as(SegmentFindings.CAMERAS), sums().toArray(Column[]::new));
    }

    /** Reads a row of {@link #segments}. */
    static SegmentCounts counts(Row row) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Row predicate : row.<Row>getList(row.fieldIndex(SEGMENT))) {
            names.add(predicate.getString(0));
            values.add(predicate.getString(1));
        }
        long wrong = row.<Long>getAs(VerdictDaily.FALSE_POSITIVES);
        long relabeled = row.<Long>getAs(VerdictDaily.RELABELED);
        return new SegmentCounts(
                row.getAs(USE_CASE),
                names,
                values,
                row.<Long>getAs(ALARMS),
                wrong + relabeled,
                row.<Long>getAs(VerdictDaily.CONFIRMED),
                relabeled,
                row.<Long>getAs(VerdictDaily.MISSED),
                row.<Long>getAs(SegmentFindings.CAMERAS));
    }

    private static List<Column> sums() {
        return COUNTS.stream().map(count -> sum(count).as(count)).toList();
    }
}
