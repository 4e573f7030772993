package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.CollectionRequests;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Rejects;
import dev.winnow.runtime.RunLedger;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which work made the day's rows, and what it took. */
final class RunFacts {
    /** Attempts shown, the newest. */
    static final int ATTEMPTS = 20;

    /** Tables and runs shown; more runs of a table than one mean that rows of different configurations lie side by side. */
    static final int RUNS = 50;

    private static final String TABLE = "table";

    private static final List<TableDef> OF_THE_DAY = List.of(
            SegmentFindings.TABLE,
            SegmentChanges.TABLE,
            ImageFindings.TABLE,
            ClassImbalance.TABLE,
            CollectionRequests.TABLE,
            Candidates.TABLE,
            Selections.TABLE);

    private RunFacts() {}

    /** Rows of the run date by table and run id. */
    static ArrayNode tables(Reading reading) {
        Dataset<Row> runs = OF_THE_DAY.stream()
                .map(table -> reading.whole(table).select(lit(table.name()).as(TABLE), col(SegmentFindings.RUN_ID)))
                .reduce(Dataset::unionByName)
                .orElseThrow();
        return Json.rows(runs.groupBy(TABLE, SegmentFindings.RUN_ID)
                .agg(count(lit(1)).as("rows"))
                .orderBy(TABLE, SegmentFindings.RUN_ID)
                .limit(RUNS)
                .collectAsList());
    }

    /** Attempts that worked on the run date and are in the ledger, oldest first; of their stages those of the day. */
    static ArrayNode attempts(Reading reading) {
        Dataset<Row> newest = reading.all(RunLedger.TABLE)
                .filter(exists(
                        col(RunLedger.STAGES),
                        stage -> stage.getField(RunLedger.RUN_DATE).equalTo(lit(reading.day()))))
                .orderBy(col(RunLedger.ATTEMPT_ID).desc())
                .limit(ATTEMPTS);
        return Json.rows(newest.orderBy(RunLedger.ATTEMPT_ID)
                .select(
                        col(RunLedger.ATTEMPT_ID),
                        col(RunLedger.COMMAND),
                        col(RunLedger.STARTED_AT),
                        col(RunLedger.SECONDS),
                        col(RunLedger.EXIT_CODE),
                        col(RunLedger.SENTENCE),
                        col(RunLedger.WINNOW_VERSION),
                        col(RunLedger.SPARK_VERSION),
                        col(RunLedger.MODEL_CALLS),
                        col(RunLedger.MODEL_INPUT_TOKENS),
                        col(RunLedger.MODEL_OUTPUT_TOKENS),
                        col(RunLedger.MODEL_DOLLARS),
                        filter(
                                        col(RunLedger.STAGES),
                                        stage -> stage.getField(RunLedger.RUN_DATE)
                                                .equalTo(lit(reading.day())))
                                .as(RunLedger.STAGES))
                .collectAsList());
    }

    /** Rejected rows of the run date, by input and reason. */
    static ArrayNode rejects(Reading reading) {
        return Json.rows(reading.all(Rejects.TABLE)
                .filter(col(Rejects.DATE).equalTo(lit(reading.day())))
                .groupBy(Rejects.INPUT, Rejects.REASON)
                .agg(max(Rejects.ROWS).as(Rejects.ROWS))
                .orderBy(Rejects.INPUT, Rejects.REASON)
                .limit(100)
                .collectAsList());
    }
}
