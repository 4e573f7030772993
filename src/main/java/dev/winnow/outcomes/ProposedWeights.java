package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.candidates.Candidates;
import dev.winnow.ports.MeasuredWeights;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** The weights that {@link OutcomesJob} proposed, from its table. The driver holds a row for each use case, day and signal. */
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
        Map<String, Proposed> last = new TreeMap<>();
        for (Row row : tables.read(SignalYields.TABLE)
                .filter(col(SignalYields.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(SignalYields.RUN_DATE).lt(lit(day)))
                        .and(col(SignalYields.ROUND_ID).isNull())
                        .and(col(SignalYields.PROPOSED_WEIGHT).isNotNull()))
                .select(SignalYields.USE_CASE, SignalYields.RUN_DATE, SignalYields.SIGNAL, SignalYields.PROPOSED_WEIGHT)
                .sort(SignalYields.USE_CASE, SignalYields.RUN_DATE, SignalYields.SIGNAL)
                .collectAsList()) {
            LocalDate date = row.getLocalDate(1);
            Proposed known = last.get(row.getString(0));
            if (known == null || !known.runDate().equals(date)) {
                known = new Proposed(date, new TreeMap<>()); // of a later day than the one before
                last.put(row.getString(0), known);
            }
            known.bySignal().put(Candidates.settingOf(row.getString(2)), row.getDouble(3));
        }
        return last;
    }
}
