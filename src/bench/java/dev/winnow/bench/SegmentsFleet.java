package dev.winnow.bench;

import static org.apache.spark.sql.functions.expr;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The input tables of {@link SegmentsBenchmark}: every value is a hash of the row's number and {@link #SEED}, so the same
 * number of rows makes the same tables.
 *
 * <p>A camera sees one scene: its own range of distances, mostly one class, its site's weather, light by the hour. So a
 * camera has some tens of combinations of conditions a day, not thousands. Two of a hundred inferences get a verdict, up
 * to 14 days later; one of thirty is changed the day after. Verdicts name no event date, so their inferences are looked for
 * at the catch-up ages; or half of them do.
 */
final class SegmentsFleet {
    static final long SEED = 20261001;
    static final LocalDate FIRST = LocalDate.of(2026, 10, 1);
    static final int DAYS = 30;
    static final int CAMERAS = 5_000;
    static final int SITES = 200;

    /** Goes up with every change of the expressions below: tables of another version are made anew. */
    private static final int VERSION = 3;

    /** Number of values of each static dimension; the region follows from the site. */
    static final Map<String, Integer> STATIC = new TreeMap<>(
            Map.of("camera_type", 6, "firmware", 8, "lens", 4, "mount", 5, "region", 10, "vendor", 3));

    /** Frame dimensions as expressions over the log, valid in Spark's SQL and in DuckDB's; four bin numbers. */
    static final Map<String, String> FRAME = new TreeMap<>(Map.of(
            "lighting", "lighting",
            "weather", "weather",
            "brightness", binned("brightness", 60, 110, 150),
            "distance", binned("distance_m", 8, 16, 28),
            "object_size", binned("object_size", 80, 200, 600),
            "hour", binned("hour_of_day", 6, 12, 18)));

    private final SparkSession spark;
    private final long rows;
    private final boolean dated;
    private final Path root;

    /** Plans a fleet of {@code rows} inferences, a multiple of 60, below {@code bench}; half of the feedback dated or none. */
    SegmentsFleet(SparkSession spark, long rows, boolean dated, Path bench) {
        if (rows < 60 || rows % 60 != 0) {
            throw new IllegalArgumentException("Expected a multiple of 60 rows, got " + rows);
        }
        this.spark = spark;
        this.rows = rows;
        this.dated = dated;
        this.root = bench.resolve("segments-" + rows + "-v" + VERSION);
    }

    private static String binned(String column, int... edges) {
        StringBuilder sql = new StringBuilder("case when " + column + " is null then '__NULL__'");
        for (int i = 0; i < edges.length; i++) {
            sql.append(" when ")
                    .append(column)
                    .append(" < ")
                    .append(edges[i])
                    .append(" then '")
                    .append(i == 0 ? "" : edges[i - 1])
                    .append("..")
                    .append(edges[i])
                    .append("'");
        }
        return sql + " else '" + edges[edges.length - 1] + "..' end";
    }

    static LocalDate last() {
        return FIRST.plusDays(DAYS - 1);
    }

    Path root() {
        return root;
    }

    Path table(String name) {
        return root.resolve(name);
    }

    Path feedbackTable() {
        return table(dated ? "feedback-half-dated" : "feedback");
    }

    /** Writes the tables that are not there yet. */
    void make() {
        if (!Files.exists(table("cameras").resolve("_SUCCESS"))) {
            cameras().coalesce(1).write().mode("overwrite").parquet(table("cameras").toString());
        }
        if (!Files.exists(feedbackTable().resolve("_SUCCESS"))) {
            feedback()
                    .repartition(expr("reported_date"))
                    .write()
                    .mode("overwrite")
                    .partitionBy("reported_date")
                    .parquet(feedbackTable().toString());
        }
        if (!Files.exists(table("inferences").resolve("_SUCCESS"))) {
            frames().selectExpr(
                            "inference_id",
                            "concat('s3://fleet-frames/', site_id, '/', camera_id, '/', cast(event_date as string), '/',"
                                    + " lower(hex(r)), '.jpg') as image_uri",
                            "captured_at",
                            "'guard' as use_case",
                            "model_version",
                            "site_id",
                            "camera_id",
                            "predicted_label",
                            "if(predicted_label is null, null, confidence) as confidence",
                            "lighting",
                            "weather",
                            "brightness",
                            "distance_m",
                            "object_size",
                            "hour_of_day",
                            "event_date")
                    .write()
                    .mode("overwrite")
                    .partitionBy("event_date")
                    .parquet(table("inferences").toString());
        }
    }

    private Dataset<Row> cameras() {
        Dataset<Row> cameras = spark.range(CAMERAS)
                .toDF("c")
                .selectExpr("c", "c % " + SITES + " as s")
                .selectExpr("c", "s", cameraId("c") + " as camera_id", siteId("s") + " as site_id");
        for (Map.Entry<String, Integer> dimension : STATIC.entrySet()) {
            String code = dimension.getKey().equals("region")
                    ? "s % " + dimension.getValue()
                    : "pmod(xxhash64(c, '" + dimension.getKey() + "', " + SEED + "L), " + dimension.getValue() + ")";
            cameras = cameras.withColumn(
                    dimension.getKey(), expr("concat('" + dimension.getKey() + "-', " + code + ")"));
        }
        return cameras.drop("c", "s");
    }

    private static String cameraId(String number) {
        return "concat('cam-', lpad(cast(" + number + " as string), 5, '0'))";
    }

    private static String siteId(String number) {
        return "concat('site-', lpad(cast(" + number + " as string), 3, '0'))";
    }

    /** A number in [0, 1) that {@code of} decides. */
    private static String draw(String of, String salt) {
        return "(pmod(xxhash64(" + of + ", '" + salt + "', " + SEED + "L), 1048576) / 1048576.0D)";
    }

    private static String noise(String salt) {
        return "(" + draw("r", salt) + " + " + draw("r", salt + "2") + " - 1)";
    }

    /** Frames in the order of time, two tasks a day. */
    private Dataset<Row> frames() {
        long perDay = rows / DAYS;
        Map<String, String> steps = new LinkedHashMap<>();
        steps.put("d", "cast(r div " + perDay + " as int)");
        steps.put("c", "pmod(xxhash64(r, 'camera', " + SEED + "L), " + CAMERAS + ")");
        steps.put("s", "c % " + SITES);
        steps.put("event_date", "date_add(date'" + FIRST + "', d)");
        steps.put("second", "cast(r % " + perDay + " * 86400.0D / " + perDay + " as bigint)");
        steps.put("captured_at", "timestamp_seconds(unix_timestamp(event_date) + second)");
        steps.put("hour_of_day", "cast(second div 3600 as int)");
        steps.put("inference_id", "concat('inf-', lower(hex(xxhash64(r, " + SEED + "L))))");
        steps.put("camera_id", cameraId("c"));
        steps.put("site_id", siteId("s"));
        steps.put("model_version", "if(d >= 15 and s % 15 < d - 14, 'v8', 'v7')");
        steps.put(
                "lighting",
                "case when " + draw("c", "indoor") + " < 0.3 then 'artificial' when hour_of_day between 7 and 18 then 'day'"
                        + " when hour_of_day in (5, 6, 19, 20) then 'twilight' else 'night' end");
        steps.put(
                "weather",
                "element_at(array('clear', 'clear', 'clear', 'cloudy', 'cloudy', 'rain', 'fog', 'snow'),"
                        + " cast(1 + pmod(xxhash64(s, d, hour_of_day div 12, 'weather', " + SEED + "L), 8) as int))");
        steps.put(
                "brightness",
                "round(case lighting when 'day' then 170 when 'artificial' then 125 when 'twilight' then 90 else 35 end"
                        + " + 30 * " + noise("bright") + ", 1)");
        steps.put("distance_m", "round((4 + 36 * " + draw("c", "scene") + ") * (1 + 0.3 * " + noise("near") + "), 2)");
        steps.put("object_size", "round(9000 / (distance_m * sqrt(distance_m)) * (1 + 0.2 * " + noise("size") + "), 1)");
        steps.put(
                "label",
                "element_at(array('person', 'vehicle', 'animal', 'package'), cast(1 + if(" + draw("r", "main")
                        + " < 0.75, pmod(xxhash64(c, 'main', " + SEED + "L), 4), pmod(xxhash64(r, 'other', " + SEED
                        + "L), 4)) as int))");
        steps.put("predicted_label", "if(" + draw("r", "empty") + " < 0.05, null, label)");
        steps.put("confidence", "round(0.35 + 0.65 * sqrt(" + draw("r", "confidence") + "), 4)");
        Dataset<Row> frames = spark.range(0, rows, 1, 2 * DAYS).toDF("r");
        for (Map.Entry<String, String> step : steps.entrySet()) {
            frames = frames.withColumn(step.getKey(), expr(step.getValue()));
        }
        return frames;
    }

    private Dataset<Row> feedback() {
        String wrong = "0.10 * exp(0.9 * (" + draw("c", "weak") + " + " + draw("c", "weaker") + " - 1))"
                + " * if(lighting = 'night' and weather = 'rain', 2.5, 1) * if(object_size < 80, 1.8, 1)";
        // Mean of about three days, the fourteenth at the latest; one day of them is left for a change of mind.
        String delay = "cast(least(12, floor(-3 * ln(1 - " + draw("r", "delay") + "))) as int)";
        Dataset<Row> marked = frames()
                .filter("(predicted_label is not null and " + draw("r", "judged") + " < 0.02)"
                        + " or (predicted_label is null and " + draw("r", "missed") + " < 0.01)")
                .withColumn("delay", expr(delay))
                .withColumn("false_alarm", expr(draw("r", "wrong") + " < " + wrong))
                .withColumn("changed", expr(draw("r", "changed") + " < 1.0 / 30"))
                .withColumn("round", expr("explode(if(changed, array(0, 1), array(0)))"))
                .withColumn(
                        "verdict",
                        expr("case when predicted_label is null then 'MISSED'"
                                + " when false_alarm = (round = 1) then 'CONFIRMED'"
                                + " when " + draw("r", "relabeled") + " < 0.1 then 'RELABELED'"
                                + " else 'FALSE_POSITIVE' end"))
                .withColumn(
                        "reported_at",
                        expr("timestamp_seconds(unix_timestamp(captured_at) + 86400L * (delay + round) + 60)"));
        return marked.select(List.of(
                        "concat('fb-', lower(hex(r)), '-', round) as feedback_id",
                        "inference_id",
                        dated
                                ? "if(" + draw("r", "dated") + " < 0.5, event_date, null) as event_date"
                                : "cast(null as date) as event_date",
                        "verdict",
                        "if(verdict = 'MISSED', label, null) as label",
                        "if(verdict = 'RELABELED', if(label = 'person', 'animal', 'person'), null) as corrected_label",
                        "reported_at",
                        "to_date(reported_at) as reported_date")
                .stream()
                .map(sql -> expr(sql))
                .toArray(org.apache.spark.sql.Column[]::new));
    }
}
