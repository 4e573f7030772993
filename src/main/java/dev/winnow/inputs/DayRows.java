package dev.winnow.inputs;

import java.time.LocalDate;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The rows of one day, and how many rows its files hold for other days. */
public final class DayRows {
    static final String OTHERS = "others";

    private final Dataset<Row> rows;
    private final @Nullable Observation observation;

    DayRows(Dataset<Row> rows, @Nullable Observation observation) {
        this.rows = rows;
        this.observation = observation;
    }

    /** Returns the rows, as {@link InferenceLog#days} does. */
    public Dataset<Row> rows() {
        return rows;
    }

    /**
     * Returns how many rows of the day's files are of other days; counted on the way by the first action over {@link
     * #rows}, without a pass of its own, so ask after it. 0 where folders don't say the day.
     */
    public long ofOtherDays() {
        if (observation == null) {
            return 0;
        }
        try {
            return ((Number) observation.getAsJava().getOrDefault(OTHERS, 0L)).longValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the counts of a finished pass", e);
        }
    }

    /** Returns what a person should know about rows of other days: a sentence, or nothing. */
    public static String sentence(String input, long others, LocalDate day) {
        return String.format(
                Locale.ROOT,
                "%,d rows in the files of %s are of other days and count there, if those days' files hold them: where"
                        + " folders are by local date, inputs.%s.partition-filter must take in the days before and after",
                others,
                day,
                input);
    }
}
