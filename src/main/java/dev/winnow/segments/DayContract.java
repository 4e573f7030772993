package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.RejectSettings;
import dev.winnow.inputs.Contract;
import dev.winnow.inputs.Rejects;
import dev.winnow.inputs.Undated;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.InputException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;

/** How many rows of a day's input may break their contract, and what is kept of those that do. */
final class DayContract {
    private final RejectSettings settings;
    private final TableStore tables;
    private final String pipeline;

    DayContract(RejectSettings settings, TableStore tables, String pipeline) {
        this.settings = settings;
        this.tables = tables;
        this.pipeline = pipeline;
    }

    /** Adds up rows by reason or site. */
    static long total(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Requires that few rows are rejected.
     *
     * @param undated counts the rows of which no day can be told
     * @throws InputException naming the reasons
     */
    void requireFewRejects(
            String input, LocalDate day, long read, Map<String, Long> byReason, Supplier<Undated> undated) {
        Contract.breach(input, day, read, byReason, settings.maxShare(), undated)
                .ifPresent(breach -> {
                    throw new InputException(breach);
                });
    }

    /**
     * Requires that few ids repeat in a sample of them.
     *
     * @throws InputException with the remedy
     */
    void requireUniqueIds(LocalDate day, long sampled, long repeats, double maxShare) {
        if (Contract.beyond(repeats, sampled, maxShare)) {
            throw new InputException(String.format(
                    Locale.ROOT,
                    "inputs.inferences: column inference_id repeats in %d of %d sampled rows of %s, more than"
                            + " max-duplicate-share = %s; nothing was written. Map inference_id to a unique value, or set"
                            + " inputs.inferences.uniqueness = checked to reject the repeats",
                    repeats,
                    sampled,
                    day,
                    maxShare));
        }
    }

    /**
     * Stores the counts by reason of some days with samples of the rows.
     *
     * @param rejected {@code event_date}, {@code reject_reason} and {@code reject_row}; rows of other days are left out
     */
    void writeRejects(String input, Map<LocalDate, Map<String, Long>> byDay, Dataset<Row> rejected) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Rejects.PIPELINE, pipeline);
        scope.put(Rejects.DATE, List.copyOf(byDay.keySet()));
        scope.put(Rejects.INPUT, input);
        if (byDay.values().stream().allMatch(Map::isEmpty) && !stored(input, byDay.keySet())) {
            return;
        }
        List<Row> counts = new ArrayList<>();
        byDay.forEach((day, byReason) -> byReason.forEach(
                (reason, rows) -> counts.add(RowFactory.create(pipeline, day, input, reason, rows, ""))));
        Dataset<Row> totals = tables.frame(Rejects.TABLE, counts).drop(Rejects.SAMPLE);
        Column order = row_number()
                .over(Window.partitionBy(Rejects.DATE, Rejects.REASON)
                        .orderBy(xxhash64(col(Rejects.SAMPLE)), col(Rejects.SAMPLE)));
        Dataset<Row> samples = rejected.select(
                        col(EVENT_DATE).as(Rejects.DATE),
                        col(REJECT_REASON).as(Rejects.REASON),
                        col(Cells.REJECT_ROW).as(Rejects.SAMPLE))
                .distinct()
                .withColumn("place", order)
                .filter(col("place").leq(settings.samples()))
                .drop("place");
        tables.replace(
                Rejects.TABLE,
                totals.join(broadcast(samples), new String[] {Rejects.DATE, Rejects.REASON}, "left")
                        .withColumn(Rejects.SAMPLE, coalesce(col(Rejects.SAMPLE), lit(""))),
                scope);
    }

    private boolean stored(String input, Collection<LocalDate> days) {
        return !tables.read(Rejects.TABLE)
                .filter(col(Rejects.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(Rejects.DATE).isin(days.toArray()))
                        .and(col(Rejects.INPUT).equalTo(input)))
                .isEmpty();
    }
}
