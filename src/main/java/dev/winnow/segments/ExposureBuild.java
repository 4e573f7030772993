package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.InferenceSettings.Uniqueness;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.DayRange;
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
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Builds days of {@code exposure_daily}: one pass over their inferences counts and checks, then cells are written. */
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

    /**
     * What one day's files hold.
     *
     * @param bySite accepted rows
     * @param byReason rejected rows by the rule they break
     * @param ofOtherDays rows that are of other days than the files
     */
    record Day(DayInput input, Map<String, Long> bySite, Map<String, Long> byReason, long ofOtherDays) {
        long read() {
            return accepted() + rejected();
        }

        long accepted() {
            return DayContract.total(bySite);
        }

        long rejected() {
            return DayContract.total(byReason);
        }
    }

    /**
     * Inferences of some days, counted and found good; nothing of them is written yet. Held in memory until closed.
     *
     * @param rows from {@link Cells#count}; may hold more days
     */
    record Counted(DayRange days, SortedMap<LocalDate, Day> byDay, Dataset<Row> rows) implements AutoCloseable {
        /** The same for the days up to {@code day} only. */
        Counted upTo(LocalDate day) {
            return new Counted(days.upTo(day), byDay.headMap(day.plusDays(1)), rows);
        }

        Day day(LocalDate day) {
            return Objects.requireNonNull(byDay.get(day));
        }

        long read() {
            return byDay.values().stream().mapToLong(Day::read).sum();
        }

        long rejected() {
            return byDay.values().stream().mapToLong(Day::rejected).sum();
        }

        List<String> sentences(long cells) {
            Map<String, Long> byReason = new TreeMap<>();
            Set<String> sites = new TreeSet<>();
            byDay.values().forEach(day -> {
                day.byReason.forEach((reason, rows) -> byReason.merge(reason, rows, Long::sum));
                sites.addAll(day.bySite.keySet());
            });
            long ofOtherDays =
                    byDay.values().stream().mapToLong(Day::ofOtherDays).sum();
            List<String> sentences = new ArrayList<>();
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d inferences of %s in %,d cells from %,d sites",
                    read() - rejected(),
                    days,
                    cells,
                    sites.size()));
            if (rejected() > 0) {
                sentences.add(String.format(
                        Locale.ROOT, "%,d rows rejected: %s (samples: show rejects)", rejected(), byReason));
            }
            if (ofOtherDays > 0) {
                sentences.add(InferenceLog.ofOtherDays(ofOtherDays, days));
            }
            return sentences;
        }

        @Override
        public void close() {
            rows.unpersist();
        }
    }

    /**
     * Counts days in one pass.
     *
     * @param mayBeNamed which inferences feedback may speak of; they come along
     * @return the days up to the first that breaks its contract
     * @throws dev.winnow.tables.InputException if too many rows of the first day break the contract or repeat an id
     */
    Counted count(DayRange days, Column mayBeNamed) {
        Dataset<Row> rows = Cells.count(inferences.files(days), inferences.dimensions(), mayBeNamed)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            SortedMap<LocalDate, Day> byDay = byDay(days, Cells.totals(rows).collectAsList());
            Map<LocalDate, Row> ids = new TreeMap<>();
            if (inferences.settings().uniqueness() == Uniqueness.TRUSTED) {
                Cells.repeatedIds(rows).collectAsList().forEach(row -> ids.put(row.getLocalDate(0), row));
            }
            DayRange good = GoodDays.of(days, date -> {
                Day day = Objects.requireNonNull(byDay.get(date));
                contract.requireFewRejects("inferences", date, day.read(), day.byReason, inferences::undated);
                Row sample = ids.get(date);
                if (sample != null) {
                    contract.requireUniqueIds(
                            date,
                            sample.getLong(1),
                            sample.getLong(2),
                            inferences.settings().maxDuplicateShare());
                }
            });
            return new Counted(days, byDay, rows).upTo(good.last());
        } catch (RuntimeException e) {
            rows.unpersist();
            throw e;
        }
    }

    private SortedMap<LocalDate, Day> byDay(DayRange days, List<Row> totals) {
        Map<LocalDate, Map<String, Long>> bySite = new TreeMap<>();
        Map<LocalDate, Map<String, Long>> byReason = new TreeMap<>();
        for (Row row : totals) {
            (row.isNullAt(1) ? bySite : byReason)
                    .computeIfAbsent(row.getLocalDate(0), date -> new TreeMap<>())
                    .merge(row.getString(row.isNullAt(1) ? 2 : 1), row.getLong(3), Long::sum);
        }
        SortedMap<LocalDate, Day> byDay = new TreeMap<>();
        for (LocalDate date : days.days()) {
            Map<String, Long> rejected = byReason.getOrDefault(date, new TreeMap<>());
            Long ofOtherDays = rejected.remove(Inferences.OTHER_DAY); // no rule that is broken
            byDay.put(
                    date,
                    new Day(
                            inferences.day(date),
                            bySite.getOrDefault(date, Map.of()),
                            rejected,
                            ofOtherDays == null ? 0 : ofOtherDays));
        }
        return byDay;
    }

    /** Writes the cells of counted days, replacing their former ones; returns how many. */
    long write(Counted counted, BuiltDays built) {
        Map<LocalDate, Map<String, Long>> byReason = new TreeMap<>();
        counted.byDay.forEach((date, day) -> byReason.put(date, day.byReason));
        contract.writeRejects("inferences", byReason, Cells.rejected(counted.rows));
        List<LocalDate> days = counted.days.days();
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(ExposureDaily.PIPELINE, pipeline);
        scope.put(ExposureDaily.EVENT_DATE, days);
        long cells = tables.replace(
                table(),
                Cells.exposure(counted.rows, inferences.dimensions())
                        .filter(col(ExposureDaily.EVENT_DATE).isin(days.toArray()))
                        .withColumn(ExposureDaily.PIPELINE, lit(pipeline))
                        .withColumn(ExposureDaily.CELL_VERSION, lit(version)),
                scope);
        counted.byDay.forEach(
                (date, day) -> built.note(ExposureDaily.TABLE, date, day.input, "", day.read(), day.rejected()));
        return cells;
    }

    /** The table with the configured dimensions. */
    TableDef table() {
        return ExposureDaily.TABLE.withDimensions(inferences.dimensions());
    }
}
