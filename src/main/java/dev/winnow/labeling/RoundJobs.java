package dev.winnow.labeling;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** What is known of the jobs of one round: what its seal lists, and the rows of {@link LabelingJobs}. */
final class RoundJobs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RoundJobs() {}

    /**
     * Returns the jobs that a seal lists.
     *
     * @throws ServiceException if it is not JSON
     */
    static JsonNode sealed(String seal) {
        try {
            return JSON.readTree(seal).path("files");
        } catch (JsonProcessingException e) {
            throw ServiceException.refused("A round's " + Rounds.SEAL + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Returns the recorded jobs of a round by name, further attempts among them. */
    static Map<String, Row> read(TableStore tables, String pipeline, Round round) {
        Map<String, Row> jobs = new TreeMap<>();
        tables.read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(LabelingJobs.ROUND_ID).equalTo(round.id())))
                .collectAsList()
                .forEach(row -> jobs.put(row.getAs(LabelingJobs.JOB_NAME), row));
        return jobs;
    }

    /** Returns the other rounds up to the date of {@code own} that hold a job that a pilot let through, in order. */
    static List<Round> released(TableStore tables, String pipeline, Round own) {
        return tables
                .read(LabelingJobs.TABLE)
                .filter(col(LabelingJobs.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(LabelingJobs.STATUS).equalTo(LabelingJobs.RELEASED))
                        .and(col(LabelingJobs.ROUND_ID).notEqual(own.id()))
                        .and(col(LabelingJobs.RUN_DATE).leq(lit(own.date()))))
                .select(LabelingJobs.RUN_DATE, LabelingJobs.ROUND_ID)
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> new Round(row.getAs(LabelingJobs.RUN_DATE), number(row.getAs(LabelingJobs.ROUND_ID))))
                .sorted(Comparator.comparing(Round::date).thenComparing(Round::number))
                .toList();
    }

    private static int number(String roundId) {
        return Integer.parseInt(roundId.substring(roundId.lastIndexOf('.') + 1));
    }

    /** Records the jobs of a round in place of those recorded. */
    static void record(TableStore tables, String pipeline, Round round, Map<String, Row> jobs) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(LabelingJobs.PIPELINE, pipeline);
        scope.put(LabelingJobs.ROUND_ID, round.id());
        tables.replace(LabelingJobs.TABLE, tables.frame(LabelingJobs.TABLE, List.copyOf(jobs.values())), scope);
    }
}
