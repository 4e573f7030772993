package dev.winnow.ports;

import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How the labeling jobs of earlier rounds stand. The selection comes before the jobs of its own round, so it learns of those
 * of others through this.
 */
public interface EarlierRounds {
    /** When an item returned to the pool. */
    String RETURNED_ON = "returned_on";

    /**
     * Work that people have not done yet.
     *
     * @param answers answers they still owe
     * @param minutes what these take
     * @param secondsPerAnswer what one takes, from which the minutes are reckoned
     * @param week answers that jobs of the day's ISO week asked for, done or not
     * @param month the same of its calendar month
     */
    record Open(long answers, double minutes, double secondsPerAnswer, long week, long month) {}

    /**
     * Returns the items that will never be answered, as it was known before {@code day}: they may be chosen again.
     *
     * @return {@value #RETURNED_ON}, the round's {@code run_date} and {@code round_id}, {@code use_case}, {@code image_uri}
     */
    Dataset<Row> returned(LocalDate day);

    /**
     * Returns the images that people were asked about before {@code day} by jobs that no selection made, less those that
     * they will not answer, and those that they answered unasked.
     *
     * @return {@code run_date}, {@code use_case}, {@code image_uri}
     */
    Dataset<Row> askedBesides(LocalDate day);

    /** Returns what is open, as it was known before {@code day}, and what earlier rounds of the day itself ask for. */
    Open open(LocalDate day);
}
