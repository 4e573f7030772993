package dev.winnow.bench;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The segments of a window in DuckDB: the same counts and sums over cameras, by grouping sets, from the same files.
 *
 * <p>One scan with one hash join makes cells. Grouping sets sum them to every combination of up to three conditions of
 * each camera, and then, with the camera's own columns beside them, to segments. Putting all 576 sets of conditions into
 * one clause over the cells is slower by far: most sets differ in what belongs to the camera and is the same for all of
 * its cells.
 */
final class SegmentsPeer implements AutoCloseable {
    private static final int PREDICATES = 3;

    /** What identifies a cell beside its camera. */
    private static final List<String> OF_FRAMES =
            Stream.concat(Stream.of("label", "model_version"), SegmentsFleet.FRAME.keySet().stream())
                    .toList();

    private static final List<String> OF_CAMERAS =
            Stream.concat(Stream.of("site"), SegmentsFleet.STATIC.keySet().stream()).toList();

    /** The sums of a segment, as {@code SegmentSums} has them. */
    static final List<String> SUMS = List.of(
            "alarms",
            "wrong",
            "confirmed",
            "relabeled",
            "missed",
            "wrong_squares",
            "wrong_trials",
            "trials_squares",
            "cameras",
            "trial_cameras",
            "whole_cameras",
            "wrong_of_whole",
            "wrong_trials_of_whole",
            "trials_of_whole");

    /** What its grouping sets need beside their spill files, in MiB: 2,048 are not enough for 3 million rows. */
    private static final long LEAST_MEMORY = 4096;

    private final Connection connection;

    /** Opens a database in memory with as much of it as this process may have heap, at least 4 GB, and Spark's threads. */
    SegmentsPeer(SegmentsFleet fleet, int threads, Path scratch) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        run("SET threads = " + threads);
        run("SET memory_limit = '" + Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() >> 20) + "MiB'");
        run("SET temp_directory = '" + scratch + "'");
        run("SET preserve_insertion_order = false");
        run("SET TimeZone = 'UTC'");
        view("inferences", fleet.table("inferences"), "event_date");
        view("feedback", fleet.feedbackTable(), "reported_date");
        run("CREATE VIEW cameras AS SELECT * FROM read_parquet('" + fleet.table("cameras") + "/*.parquet')");
    }

    private void view(String name, Path table, String day) throws SQLException {
        run("CREATE VIEW %1$s AS SELECT * FROM read_parquet('%2$s/*/*.parquet', hive_partitioning = true,"
                        .formatted(name, table)
                + " hive_types = {'" + day + "': DATE})");
    }

    String version() throws SQLException {
        return text("SELECT version()");
    }

    /** Seconds that each step took. */
    record Seconds(double cells, double cameras, double segments) {
        double all() {
            return cells + cameras + segments;
        }
    }

    /** Makes the table {@code segments} from nothing but the files. */
    Seconds answer() throws SQLException {
        run("DROP TABLE IF EXISTS cells; DROP TABLE IF EXISTS of_cameras; DROP TABLE IF EXISTS segments");
        double cells = seconds(CELLS.formatted(
                SegmentsFleet.last(),
                SegmentsFleet.FRAME.entrySet().stream()
                        .map(d -> d.getValue() + " AS " + d.getKey() + "_value")
                        .collect(joining(",\n")),
                SegmentsFleet.FRAME.keySet().stream().map(d -> d + "_value AS " + d).collect(joining(", "))));
        double cameras = seconds(ofCameras());
        double segments = seconds(segments());
        return new Seconds(cells, cameras, segments);
    }

    /**
     * Of the verdicts that count by the last day, the latest holds. A dated one counts when it arrived, another at the
     * first catch-up age that is not before.
     */
    private static final String CELLS = """
            CREATE TEMP TABLE cells AS
            WITH marks AS (
              SELECT inference_id, list({'at': reported_at, 'id': feedback_id, 'verdict': verdict, 'label': label,
                                         'corrected': corrected_label, 'dated': event_date, 'arrived': reported_date})
                     AS marks
              FROM feedback WHERE reported_date <= DATE '%1$s' GROUP BY inference_id),
            judged AS (
              SELECT i.*, %2$s,
                list_max(list_filter(marks, lambda m: DATE '%1$s' >= CASE
                  WHEN m.dated IS NOT NULL THEN greatest(m.arrived, m.dated)
                  WHEN m.arrived - event_date <= 0 THEN event_date
                  WHEN m.arrived - event_date <= 1 THEN event_date + 1
                  WHEN m.arrived - event_date <= 3 THEN event_date + 3
                  WHEN m.arrived - event_date <= 7 THEN event_date + 7
                  WHEN m.arrived - event_date <= 14 THEN event_date + 14
                  ELSE DATE '9999-12-31' END)) AS mark
              FROM inferences i LEFT JOIN marks USING (inference_id)),
            named AS (
              SELECT *, CASE WHEN mark.verdict = 'RELABELED' AND mark.corrected = predicted_label THEN 'CONFIRMED'
                             ELSE mark.verdict END AS verdict
              FROM judged)
            SELECT camera_id, coalesce(predicted_label, mark.label) AS label, model_version, %3$s,
              count(predicted_label) AS alarms,
              count(*) FILTER (verdict IN ('FALSE_POSITIVE', 'RELABELED')) AS wrong,
              count(*) FILTER (verdict = 'CONFIRMED') AS confirmed,
              count(*) FILTER (verdict = 'RELABELED') AS relabeled,
              count(*) FILTER (verdict = 'MISSED') AS missed
            FROM named
            WHERE coalesce(predicted_label, mark.label) IS NOT NULL
            GROUP BY ALL
            """;

    private static String ofCameras() {
        String sets = subsets(OF_FRAMES, PREDICATES).stream()
                .map(set -> "(" + Stream.concat(Stream.of("camera_id"), set.stream()).collect(joining(", ")) + ")")
                .collect(joining(", "));
        return "CREATE TEMP TABLE of_cameras AS SELECT camera_id, " + String.join(", ", OF_FRAMES) + ", "
                + OF_FRAMES.size() + " - bit_count(grouping(" + String.join(", ", OF_FRAMES) + ")) AS predicates, "
                + Stream.of("alarms", "wrong", "confirmed", "relabeled", "missed")
                        .map(c -> "sum(" + c + ")::BIGINT AS " + c)
                        .collect(joining(", "))
                + " FROM cells GROUP BY GROUPING SETS (" + sets + ")";
    }

    private static String segments() {
        String frames = String.join(", ", OF_FRAMES);
        String own = String.join(", ", OF_CAMERAS);
        List<String> parts = new ArrayList<>();
        for (int predicates = 0; predicates <= PREDICATES; predicates++) {
            String sets = subsets(OF_CAMERAS, PREDICATES - predicates).stream()
                    .map(set -> Stream.concat(OF_FRAMES.stream(), set.stream()).collect(joining(", ", "(", ")")))
                    .collect(joining(", "));
            boolean full = predicates == PREDICATES; // then no dimension of the camera is grouped by, nor may be asked for
            String columns =
                    OF_CAMERAS.stream().map(d -> full ? "NULL AS " + d : d).collect(joining(", "));
            String more = full ? "0" : OF_CAMERAS.size() + " - bit_count(grouping(" + own + "))";
            parts.add("""
                    SELECT %1$s, %2$s,
                      predicates + %5$s AS level,
                      sum(o.alarms)::BIGINT AS alarms, sum(o.wrong)::BIGINT AS wrong,
                      sum(o.confirmed)::BIGINT AS confirmed, sum(o.relabeled)::BIGINT AS relabeled,
                      sum(o.missed)::BIGINT AS missed,
                      sum(o.wrong * o.wrong)::BIGINT AS wrong_squares,
                      sum(o.wrong * (o.wrong + o.confirmed))::BIGINT AS wrong_trials,
                      sum((o.wrong + o.confirmed) * (o.wrong + o.confirmed))::BIGINT AS trials_squares,
                      count(*) FILTER (o.alarms > 0) AS cameras,
                      count(*) FILTER (o.wrong + o.confirmed <> 0) AS trial_cameras,
                      count(*) FILTER (o.wrong + o.confirmed <> 0 AND o.wrong + o.confirmed = whole_judged) AS whole_cameras,
                      sum(o.wrong * whole_wrong)::BIGINT AS wrong_of_whole,
                      sum(o.wrong * whole_judged + (o.wrong + o.confirmed) * whole_wrong)::BIGINT AS wrong_trials_of_whole,
                      sum((o.wrong + o.confirmed) * whole_judged)::BIGINT AS trials_of_whole
                    FROM of_cameras o JOIN known c USING (camera_id)
                    WHERE predicates = %3$d
                    GROUP BY predicates, GROUPING SETS (%4$s)
                    """.formatted(frames, columns, predicates, sets, more));
        }
        return "CREATE TEMP TABLE segments AS WITH known AS (SELECT camera_id, site_id AS site, "
                + String.join(", ", SegmentsFleet.STATIC.keySet())
                + ", wrong AS whole_wrong, wrong + confirmed AS whole_judged FROM cameras JOIN of_cameras USING (camera_id)"
                + " WHERE predicates = 0) " + String.join(" UNION ALL ", parts);
    }

    private static List<List<String>> subsets(List<String> of, int most) {
        List<List<String>> subsets = new ArrayList<>();
        for (int mask = 0; mask < 1 << of.size(); mask++) {
            if (Integer.bitCount(mask) <= most) {
                List<String> subset = new ArrayList<>();
                for (int i = 0; i < of.size(); i++) {
                    if ((mask >> i & 1) == 1) {
                        subset.add(of.get(i));
                    }
                }
                subsets.add(subset);
            }
        }
        return subsets;
    }

    /** Total of every sum over all segments, their number, and a checksum of predicates and sums of each. */
    Map<String, Long> totals() throws SQLException {
        String text = "concat_ws('|', "
                + Stream.concat(OF_FRAMES.stream(), OF_CAMERAS.stream())
                        .sorted()
                        .map(d -> "'" + d + "=' || " + d)
                        .collect(joining(", "))
                + ", " + String.join(", ", SUMS) + ")";
        return SegmentsBenchmark.totals(sql -> {
            List<Long> values = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT " + String.join(", ", sql) + " FROM segments")) {
                row.next();
                for (int i = 1; i <= sql.size(); i++) {
                    values.add(row.getLong(i));
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return values;
        }, "('0x' || substr(md5(" + text + "), 1, 8))::BIGINT");
    }

    /** Segments that findings hold: those of one predicate or none, and those with enough judged alarms. */
    long published(int minJudged) throws SQLException {
        return Long.parseLong(
                text("SELECT count(*) FROM segments WHERE level <= 1 OR wrong + confirmed >= " + minJudged));
    }

    String cells() throws SQLException {
        return text("SELECT format('{:,} cells, {:,} of cameras by at most three conditions, {:,} segments', c, o, s) FROM"
                + " (SELECT count(*) c FROM cells), (SELECT count(*) o FROM of_cameras), (SELECT count(*) s FROM segments)");
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private double seconds(String sql) throws SQLException {
        long start = System.nanoTime();
        run(sql);
        return (System.nanoTime() - start) / 1e9;
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
