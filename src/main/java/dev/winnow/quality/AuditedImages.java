package dev.winnow.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.candidates.Candidates;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Images that the audit of a day draws: people label them blindly, so nothing else may touch them. */
final class AuditedImages {
    private AuditedImages() {}

    /**
     * Returns use case and image of each, distinct.
     *
     * @throws ServiceException if the day has no candidates yet, so that nobody knows what its audit draws
     */
    static Dataset<Row> of(TableStore tables, String pipeline, LocalDate day) {
        Dataset<Row> candidates = tables.read(Candidates.TABLE)
                .filter(col(Candidates.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(Candidates.RUN_DATE).equalTo(lit(day))));
        if (candidates.isEmpty()) {
            // Another chain makes them, perhaps later today.
            throw ServiceException.passing(
                    "there are no candidates of " + day + ", among which the audit's images are that people must label"
                            + " blindly: run `candidates --run-date " + day + "` first",
                    null);
        }
        return candidates
                .filter(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT))
                .select(col(Inferences.USE_CASE), col(Inferences.IMAGE_URI))
                .distinct();
    }
}
