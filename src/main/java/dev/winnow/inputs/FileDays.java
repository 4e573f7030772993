package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.InputSettings;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The days whose files hold a row, so that several days can be read at once and each row still counts where it would if
 * its day were read alone.
 *
 * <p>Where no folder says the day, every file holds rows of all days. A partition filter may take in the folders around
 * its day; the days whose filters take in one folder follow one another.
 */
final class FileDays {
    /** First of the days, a date; never null in rows that were read for some of the days. */
    static final String FIRST = "__file_first_day";

    /** Last of the days, a date. */
    static final String LAST = "__file_last_day";

    static final List<String> COLUMNS = List.of(FIRST, LAST);

    private FileDays() {}

    /** Adds both columns to source rows that were opened for {@code days}. */
    static Dataset<Row> told(Dataset<Row> source, InputSettings settings, DayRange days) {
        if (!settings.byDay() || days.first().equals(days.last())) {
            return source.withColumn(FIRST, lit(days.first())).withColumn(LAST, lit(days.last()));
        }
        Column[] holding = days.days().stream()
                .map(day -> when(expr(settings.partitionFilterOf(day)), lit(day)))
                .toArray(Column[]::new);
        return source.withColumn(FIRST, least(holding)).withColumn(LAST, greatest(holding));
    }

    /** Whether the files of {@code day}, a date column, hold the row; null for null. */
    static Column hold(Column day) {
        return day.between(col(FIRST), col(LAST));
    }
}
