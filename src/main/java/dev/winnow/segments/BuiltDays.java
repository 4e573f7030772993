package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;

import dev.winnow.inputs.DayInput;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Which days of cells one pipeline has built, and from what; reads and writes {@link DayBuilds}. */
final class BuiltDays {
    /**
     * One day of one cell table.
     *
     * @param version definition of its cells
     * @param inputState state of its own input files
     * @param builtOn state of the other days it rests on; empty for exposure
     * @param fingerprint names and lengths of its own input files
     * @param rowsRead rows in its files
     * @param rowsRejected rows of them that broke the contract
     */
    record Build(
            String version, String inputState, String builtOn, String fingerprint, long rowsRead, long rowsRejected) {}

    private final TableStore tables;
    private final String pipeline;
    private final String version;
    private final Map<String, TreeMap<LocalDate, Build>> builds = new TreeMap<>();

    /** Reads what the pipeline has built: one small row per day and table. */
    BuiltDays(TableStore tables, String pipeline, String version) {
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
        for (Row row : tables.read(DayBuilds.TABLE)
                .filter(col(DayBuilds.PIPELINE).equalTo(pipeline))
                .collectAsList()) {
            put(
                    row.getAs(DayBuilds.TABLE_NAME),
                    row.getAs(DayBuilds.DATE),
                    new Build(
                            row.getAs(DayBuilds.CELL_VERSION),
                            row.getAs(DayBuilds.INPUT_STATE),
                            row.getAs(DayBuilds.BUILT_ON),
                            row.getAs(DayBuilds.FINGERPRINT),
                            row.<Long>getAs(DayBuilds.ROWS_READ),
                            row.<Long>getAs(DayBuilds.ROWS_REJECTED)));
        }
    }

    private void put(String table, LocalDate day, Build build) {
        builds.computeIfAbsent(table, t -> new TreeMap<>()).put(day, build);
    }

    /** Returns the build of a day whatever its version. */
    Optional<Build> any(TableDef table, LocalDate day) {
        return Optional.ofNullable(
                builds.getOrDefault(table.name(), new TreeMap<>()).get(day));
    }

    /** Returns the build of a day if its cells have the present definition. */
    Optional<Build> current(TableDef table, LocalDate day) {
        return any(table, day).filter(build -> build.version.equals(version));
    }

    /**
     * Hashes what the verdicts of an arrival date rest on beside its own feedback: the exposure of the days they speak of
     * and the feedback that arrived before, because a changed verdict counts against the one it changes.
     *
     * @param first oldest day that matters
     */
    String foundation(LocalDate first, LocalDate arrival) {
        Digest digest = new Digest();
        for (LocalDate d = first; !d.isAfter(arrival); d = d.plusDays(1)) {
            LocalDate date = d;
            current(ExposureDaily.TABLE, d)
                    .ifPresent(build -> digest.add("e" + date).add(build.inputState));
            if (d.isBefore(arrival)) {
                current(VerdictDaily.TABLE, d)
                        .ifPresent(build -> digest.add("v" + date).add(build.inputState));
            }
        }
        return digest.hex(16);
    }

    /**
     * Event dates that a window can sum, newest first: their exposure is built, and so is every arrival day since, or
     * verdicts would lack their alarms and changes what they changed.
     *
     * @param verdicts whether there are verdicts at all
     */
    List<LocalDate> windowDates(LocalDate from, LocalDate day, boolean verdicts) {
        List<LocalDate> dates = new ArrayList<>();
        for (LocalDate d = day; !d.isBefore(from); d = d.minusDays(1)) {
            if (verdicts && current(VerdictDaily.TABLE, d).isEmpty()) {
                break;
            }
            if (current(ExposureDaily.TABLE, d).isPresent()) {
                dates.add(d);
            }
        }
        return dates;
    }

    /** Notes that a day was just built. */
    void note(TableDef table, LocalDate day, DayInput input, String builtOn, long read, long rejected) {
        put(table.name(), day, new Build(version, input.state(), builtOn, input.fingerprint(), read, rejected));
    }

    /** Stores the notes of dates. A kill before it means only that they are built once more. */
    void store(List<LocalDate> dates) {
        List<Row> rows = new ArrayList<>();
        builds.forEach((table, days) -> dates.forEach(date -> {
            Build build = days.get(date);
            if (build != null) {
                rows.add(RowFactory.create(
                        pipeline,
                        date,
                        table,
                        build.version,
                        build.inputState,
                        build.builtOn,
                        build.fingerprint,
                        build.rowsRead,
                        build.rowsRejected));
            }
        }));
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(DayBuilds.PIPELINE, pipeline);
        scope.put(DayBuilds.DATE, dates);
        tables.replace(DayBuilds.TABLE, tables.frame(DayBuilds.TABLE, rows), scope);
    }
}
