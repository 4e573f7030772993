package dev.winnow.segments;

import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.InferenceSettings.Uniqueness;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Builds a day of {@code exposure_daily}: one pass over the day's inferences counts and checks, then cells are written. */
final class ExposureBuild {
    private final InferenceLog inferences;
    private final DayContract contract;
    private final TableStore tables;
    private final String pipeline;
    private final String version;

    ExposureBuild(InferenceLog inferences, DayContract contract, TableStore tables, String pipeline, String version) {
        this.inferences = inferences;
        this.contract = contract;
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
    }

    /** Inferences of a day, counted and found good; nothing of them is written yet. Held in memory until closed. */
    record Counted(
            LocalDate day,
            DayInput input,
            Dataset<Row> rows,
            Map<String, Long> bySite,
            Map<String, Long> byReason,
            long ofOtherDays)
            implements AutoCloseable {
        long read() {
            return accepted() + rejected();
        }

        long accepted() {
            return DayContract.total(bySite);
        }

        long rejected() {
            return DayContract.total(byReason);
        }

        List<String> sentences(long cells) {
            List<String> sentences = new ArrayList<>();
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d inferences of %s in %,d cells from %,d sites",
                    accepted(),
                    day,
                    cells,
                    bySite.size()));
            if (rejected() > 0) {
                sentences.add(String.format(
                        Locale.ROOT, "%,d rows rejected: %s (samples: show rejects)", rejected(), byReason));
            }
            if (ofOtherDays > 0) {
                sentences.add(InferenceLog.ofOtherDays(ofOtherDays, day));
            }
            return sentences;
        }

        @Override
        public void close() {
            rows.unpersist();
        }
    }

    /**
     * Counts a day.
     *
     * @param mayBeNamed which inferences feedback may speak of; they come along
     * @throws dev.winnow.tables.InputException if too many rows break the contract or repeat an id
     */
    Counted count(LocalDate day, Column mayBeNamed) {
        DayInput input = inferences.day(day);
        Dataset<Row> rows = Cells.count(inferences.files(day), inferences.dimensions(), mayBeNamed)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> bySite = new TreeMap<>();
            Map<String, Long> byReason = new TreeMap<>();
            for (Row row : Cells.totals(rows).collectAsList()) {
                if (row.isNullAt(0)) {
                    bySite.merge(row.getString(1), row.getLong(2), Long::sum);
                } else {
                    byReason.merge(row.getString(0), row.getLong(2), Long::sum);
                }
            }
            Long ofOtherDays = byReason.remove(Inferences.OTHER_DAY); // no rule that is broken
            Counted counted = new Counted(day, input, rows, bySite, byReason, ofOtherDays == null ? 0 : ofOtherDays);
            contract.requireFewRejects("inferences", day, counted.read(), byReason, inferences::undated);
            if (inferences.settings().uniqueness() == Uniqueness.TRUSTED) {
                Row ids = Cells.repeatedIds(rows).first();
                contract.requireUniqueIds(
                        day,
                        ids.getLong(0),
                        ids.getLong(1),
                        inferences.settings().maxDuplicateShare());
            }
            return counted;
        } catch (RuntimeException e) {
            rows.unpersist();
            throw e;
        }
    }

    /** Writes the cells of a counted day, replacing its former ones; returns how many. */
    long write(Counted counted, BuiltDays built) {
        contract.writeRejects("inferences", counted.day, counted.byReason, Cells.rejected(counted.rows));
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(ExposureDaily.PIPELINE, pipeline);
        scope.put(ExposureDaily.EVENT_DATE, counted.day);
        long cells = tables.replace(
                table(),
                Cells.exposure(counted.rows, inferences.dimensions())
                        .withColumn(ExposureDaily.PIPELINE, lit(pipeline))
                        .withColumn(ExposureDaily.EVENT_DATE, lit(counted.day))
                        .withColumn(ExposureDaily.CELL_VERSION, lit(version)),
                scope);
        built.note(ExposureDaily.TABLE, counted.day, counted.input, "", counted.read(), counted.rejected());
        return cells;
    }

    /** The table with the configured dimensions. */
    TableDef table() {
        return ExposureDaily.TABLE.withDimensions(inferences.dimensions());
    }
}
