package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import dev.winnow.candidates.Candidates;
import dev.winnow.ports.MeasuredWeights;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The weights that {@link OutcomesJob} proposed, from its table. The driver holds a row for each use case and signal. */
public final class ProposedWeights implements MeasuredWeights {
    private final String pipeline;
    private final TableStore tables;

    /** Opens the proposals of a pipeline. */
    public ProposedWeights(String pipeline, TableStore tables) {
        this.pipeline = pipeline;
        this.tables = tables;
    }

    @Override
    public Map<String, Proposed> before(LocalDate day) {
        Dataset<Row> proposals = tables.read(SignalYields.TABLE)
                .filter(col(SignalYields.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(SignalYields.RUN_DATE).lt(lit(day)))
                        .and(col(SignalYields.ROUND_ID).isNull())
                        .and(col(SignalYields.PROPOSED_WEIGHT).isNotNull()))
                .select(
                        SignalYields.USE_CASE,
                        SignalYields.RUN_DATE,
                        SignalYields.SIGNAL,
                        SignalYields.PROPOSED_WEIGHT);
        Dataset<Row> newest = proposals
                .groupBy(SignalYields.USE_CASE)
                .agg(max(SignalYields.RUN_DATE).as(SignalYields.RUN_DATE));
        Map<String, Proposed> last = new TreeMap<>();
        for (Row row : proposals
                .join(newest, new String[] {SignalYields.USE_CASE, SignalYields.RUN_DATE}, "left_semi")
                .sort(SignalYields.USE_CASE, SignalYields.SIGNAL)
                .collectAsList()) {
            last.computeIfAbsent(row.getString(0), useCase -> new Proposed(row.getLocalDate(1), new TreeMap<>()))
                    .bySignal()
                    .put(Candidates.settingOf(row.getString(2)), row.getDouble(3));
        }
        return last;
    }
}
