package dev.winnow.ports;

import java.time.LocalDate;
import java.util.Collection;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What people say of images that rounds asked them about. The segments, the analysis and the selection come before the
 * answers to the rounds of their day, so they learn of those to earlier ones through this.
 */
public interface ReturnedLabels {
    /**
     * Returns what people see on randomly drawn images.
     *
     * @param from first run date of their rounds
     * @param to last run date of their rounds, and last day of their answers
     * @return shaped like {@code HumanChecked} of the analysis
     */
    Dataset<Row> checked(LocalDate from, LocalDate to);

    /**
     * Returns the alarms that audits drew, with what people say of them: nothing where they were not asked yet, can't tell or
     * do not agree. Images that several model versions scored on the day are left out.
     *
     * @param from first run date of their rounds
     * @param to day after the last one, and last day of their answers
     * @param dimensions of frames; null where an alarm was drawn before the dimension was there
     * @return shaped like {@code AuditedAlarms} of the segments, with {@code dimensions}; one row for each inference
     */
    Dataset<Row> audited(LocalDate from, LocalDate to, Collection<String> dimensions);

    /**
     * Returns the inferences that people's labels contradict, of the items whose last answer is of the day.
     *
     * @param dimensions of frames
     * @return shaped like {@code Misclassified} of the segments, with {@code dimensions}
     */
    Dataset<Row> contradicted(LocalDate day, Collection<String> dimensions);

    /**
     * Returns the items of rounds before a day that people gave one class, as labels are now; nothing that is labeled blind,
     * and one row for each item.
     *
     * @return shaped like {@code KnownItems} of the selection
     */
    Dataset<Row> known(LocalDate day);
}
