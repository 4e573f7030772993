package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;

import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * What the blocks of one page read: rows of one pipeline, of partitions up to the run date, of the page's use cases.
 *
 * @param tables the warehouse
 * @param pipeline the pipeline
 * @param day the run date
 * @param useCases the use cases the page shows
 */
record Reading(TableStore tables, String pipeline, LocalDate day, List<String> useCases) {
    /** Days that trends go back, the run date included: the default length of the window of findings. */
    static final int TREND_DAYS = 28;

    /** What tells how a segment errs, in the order in which the page's data hold it. */
    private static final List<String> RATES = List.of(
            SegmentFindings.MEASURE,
            SegmentFindings.ALARMS,
            SegmentFindings.JUDGED,
            SegmentFindings.FALSE_POSITIVES,
            SegmentFindings.FP_MARKS,
            SegmentFindings.FP_MARKS_LOW,
            SegmentFindings.FP_MARKS_HIGH,
            SegmentFindings.FDR,
            SegmentFindings.FDR_LOW,
            SegmentFindings.FDR_HIGH);

    private static final String PLACE = "_place";

    /** Rows of the run date, of all use cases. */
    Dataset<Row> whole(TableDef table) {
        return all(table).filter(col(SegmentFindings.RUN_DATE).equalTo(lit(day)));
    }

    /** Rows of the run date. */
    Dataset<Row> day(TableDef table) {
        return whole(table).filter(ofThePage());
    }

    /** Rows of the days of a trend, by the partition column {@code date}. */
    Dataset<Row> trend(TableDef table, String date) {
        return all(table)
                .filter(col(date).between(lit(day.minusDays(TREND_DAYS - 1L)), lit(day)))
                .filter(ofThePage());
    }

    /** Rows of the newest run date up to the page's: what people do is not looked at every day. */
    Dataset<Row> last(TableDef table) {
        Dataset<Row> earlier =
                newest(table).filter(col(SegmentFindings.RUN_DATE).leq(lit(day)));
        LocalDate date = earlier.agg(max(SegmentFindings.RUN_DATE))
                .collectAsList()
                .get(0)
                .getAs(0);
        return date == null
                ? earlier
                : earlier.filter(col(SegmentFindings.RUN_DATE).equalTo(lit(date)));
    }

    /** Rows of a table that holds the newest state only. */
    Dataset<Row> newest(TableDef table) {
        return all(table).filter(ofThePage());
    }

    /** Rows of the pipeline. */
    Dataset<Row> all(TableDef table) {
        return tables.read(table).filter(col(SegmentFindings.PIPELINE).equalTo(pipeline));
    }

    private Column ofThePage() {
        return col(Inferences.USE_CASE).isin(useCases.toArray());
    }

    /** Returns the first {@code count} rows of each group in an order that ends in a unique key. */
    static Dataset<Row> first(int count, Dataset<Row> rows, List<Column> group, Column... order) {
        WindowSpec window = Window.partitionBy(group.toArray(Column[]::new)).orderBy(order);
        return rows.withColumn(PLACE, row_number().over(window))
                .filter(col(PLACE).leq(count))
                .drop(PLACE);
    }

    /** Returns columns by name. */
    static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    /** Returns columns of segments by name: those of {@code before}, the rates, those of {@code after}. */
    static Column[] withRates(List<String> before, String... after) {
        return columns(Stream.of(before.stream(), RATES.stream(), Arrays.stream(after))
                .flatMap(names -> names)
                .toArray(String[]::new));
    }
}
