package dev.winnow.bench;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.runtime.StageMetrics;
import dev.winnow.segments.CodedCells;
import dev.winnow.segments.Lattice;
import dev.winnow.segments.NamedSums;
import dev.winnow.segments.Readiness;
import dev.winnow.segments.SeenDays;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.SegmentSums;
import dev.winnow.segments.SegmentsJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.metrics.source.CodegenMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code segments} over the 30 days of {@link SegmentsFleet}, beside DuckDB with the same threads and as much memory.
 *
 * <p>Arguments: {@code --rows N}, by default 30,000,000; {@code --repeats N}, by default 3, of which medians are taken;
 * {@code --dated}: half of the feedback names its event date, by default none does; {@code --verbose} prints every day;
 * {@code --executor N}: tasks run in a process of their own with N MiB of heap, so that the heap printed is the driver's
 * alone, and times are no measure, since the driver collects once a second. Prints
 *
 * <ol>
 *   <li>the whole window from nothing: the cells of 30 days and the findings of the last, as {@code segments --from
 *       --findings-once} makes them, against {@link SegmentsPeer}. Every segment must have the peer's sums;
 *   <li>all conjunctions of the window's cells alone, with the most heap that a collection left;
 *   <li>the last day once more on top of the cells of those before, with windows of 7, 30 and 90 days: seconds, and the
 *       bytes read outside of the search against those of the columns that are needed.
 * </ol>
 *
 * <p>What Spark's stages read and shuffled stands below each. The session is started before anything is timed.
 */
public final class SegmentsBenchmark {
    private static final int CORES = 2;
    private static final int MIN_JUDGED = 30;
    private static final List<LocalDate> DAYS = SegmentsFleet.FIRST
            .datesUntil(SegmentsFleet.last().plusDays(1))
            .toList();

    /** As in the reference configuration. */
    private static final List<Integer> CATCH_UP_AGES = List.of(0, 1, 3, 7, 14);

    /** The id and what makes a cell: all that inferences of former days are needed for. */
    private static final Set<String> CELL_COLUMNS = Set.of(
            "inference_id",
            "use_case",
            "model_version",
            "site_id",
            "camera_id",
            "predicted_label",
            "lighting",
            "weather",
            "brightness",
            "distance_m",
            "object_size",
            "hour_of_day");

    private final SparkSession spark;
    private final SegmentsFleet fleet;
    private final Path warehouses;
    private final boolean verbose;
    private final SparkStages stages = new SparkStages();
    private final String heapOf;
    private final AtomicLong heap;

    private SegmentsBenchmark(
            SparkSession spark, SegmentsFleet fleet, Path warehouses, boolean verbose, boolean driverAlone) {
        this.spark = spark;
        this.fleet = fleet;
        this.warehouses = warehouses;
        this.verbose = verbose;
        heapOf = driverAlone
                ? "most that lived on the driver's heap at a full collection, once a second, tasks being another"
                        + " process:"
                : "most heap left by any collection, driver, tasks and their buffers being one process:";
        heap = driverAlone ? LiveHeap.collect() : LiveHeap.watch();
        spark.sparkContext().addSparkListener(stages);
    }

    /** Makes the fleet once, then measures both. */
    public static void main(String[] args) throws Exception {
        long rows = argument(args, "--rows", 30_000_000);
        int repeats = (int) argument(args, "--repeats", 3);
        Path bench = Path.of("target", "bench").toAbsolutePath();
        long executor = argument(args, "--executor", 0);
        try (SparkSession spark = session(executor)) {
            SegmentsFleet fleet = new SegmentsFleet(spark, rows, List.of(args).contains("--dated"), bench);
            long start = System.nanoTime();
            fleet.make();
            System.out.printf(
                    Locale.ROOT,
                    "%,d inferences over %d days, %,d cameras, seed %d: made or found in %.1f s%n",
                    rows,
                    SegmentsFleet.DAYS,
                    SegmentsFleet.CAMERAS,
                    SegmentsFleet.SEED,
                    seconds(start));
            SegmentsBenchmark benchmark = new SegmentsBenchmark(
                    spark,
                    fleet,
                    Files.createTempDirectory(bench, "segments-run"),
                    List.of(args).contains("--verbose"),
                    executor > 0);
            try {
                benchmark.daily(benchmark.compare(repeats), repeats);
            } finally {
                FileUtils.deleteQuietly(benchmark.warehouses.toFile());
            }
        }
    }

    private static long argument(String[] args, String name, long otherwise) {
        int at = Arrays.asList(args).indexOf(name);
        return at < 0 ? otherwise : Long.parseLong(args[at + 1].replace("_", ""));
    }

    private static SparkSession session(long executorMegabytes) {
        return SparkSessions.open(
                "winnow-bench",
                executorMegabytes == 0
                        ? Map.of("spark.master", "local[" + CORES + "]")
                        : BenchCluster.settings(CORES, executorMegabytes),
                new S3Settings("", "", false));
    }

    /** The whole window from nothing, by turns; returns the last warehouse. */
    private Path compare(int repeats) throws Exception {
        double[] peers = new double[repeats];
        double[] ours = new double[repeats];
        Path warehouse = warehouses;
        for (int i = 0; i < repeats; i++) {
            Map<String, Long> expected;
            long published;
            try (SegmentsPeer peer = new SegmentsPeer(fleet, CORES, warehouses.resolve("duckdb"))) {
                SegmentsPeer.Seconds seconds = peer.answer();
                peers[i] = seconds.all();
                System.out.printf(
                        Locale.ROOT,
                        "DuckDB %s: %.1f s (cells %.1f, cameras %.1f, segments %.1f); %s%n",
                        peer.version(),
                        seconds.all(),
                        seconds.cells(),
                        seconds.cameras(),
                        seconds.segments(),
                        peer.cells());
                expected = peer.totals();
                published = peer.published(MIN_JUDGED);
            }
            warehouse = warehouses.resolve("window-" + i);
            Run run = run(job(warehouse, SegmentsFleet.DAYS, DAYS), DAYS);
            ours[i] = run.seconds;
            System.out.printf(
                    Locale.ROOT,
                    "segments: %.1f s, %.1f times DuckDB; %.0f MB read, %.0f MB shuffled; %s %.2f GB%n",
                    run.seconds,
                    run.seconds / peers[i],
                    run.counts.bytesRead() / 1e6,
                    run.counts.shuffleBytes() / 1e6,
                    heapOf,
                    run.heap / 1e9);
            stages.print(20);
            check(warehouse, expected, published);
        }
        System.out.printf(
                Locale.ROOT,
                "whole window from nothing, medians of %d: %.1f s, DuckDB %.1f s: %.1f times%n",
                repeats,
                median(ours),
                median(peers),
                median(ours) / median(peers));
        return warehouse;
    }

    /** What one run of the job took; {@code factsRead} are the bytes that were not read for the search. */
    private record Run(double seconds, StageMetrics.Counts counts, long factsRead, long heap) {}

    private Run run(SegmentsJob job, List<LocalDate> days) {
        stages.clear();
        heap.set(0);
        try (StageMetrics metrics = StageMetrics.listenTo(spark)) {
            metrics.begin();
            long start = System.nanoTime();
            for (LocalDate day : days) {
                long dayStart = System.nanoTime();
                List<String> sentences = job.run(day).sentences();
                if (verbose) {
                    sentences.forEach(System.out::println);
                    System.out.printf(Locale.ROOT, "%s: %.1f s%n", day, seconds(dayStart));
                }
            }
            double seconds = seconds(start);
            return new Run(seconds, metrics.end(), stages.readOutside("SegmentSearch"), heap.get());
        }
    }

    /** The last day once more, on top of the cells of the days before, with windows of several lengths. */
    private void daily(Path warehouse, int repeats) throws IOException {
        LocalDate day = SegmentsFleet.last();
        long needed = FleetFiles.columnBytes(day(day), null);
        for (int age : CATCH_UP_AGES) {
            needed += age == 0 ? 0 : FleetFiles.columnBytes(day(day.minusDays(age)), CELL_COLUMNS);
        }
        addFormerDays(warehouse);
        Map<Integer, Double> medians = new LinkedHashMap<>();
        for (int window : List.of(7, 30, 90)) {
            double[] seconds = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                Run run = run(job(warehouse, window, List.of(day)), List.of(day));
                seconds[i] = run.seconds;
                System.out.printf(
                        Locale.ROOT,
                        "daily run, window of %d days: %.1f s; outside of the search %.1f MB read, %.2f times the needed"
                                + " columns' %.1f MB; in all %.1f MB read, %.1f MB shuffled; %s %.2f GB%n",
                        window,
                        run.seconds,
                        run.factsRead / 1e6,
                        run.factsRead / (double) needed,
                        needed / 1e6,
                        run.counts.bytesRead() / 1e6,
                        run.counts.shuffleBytes() / 1e6,
                        heapOf,
                        run.heap / 1e9);
                if (i == 0) {
                    stages.print(12);
                }
            }
            medians.put(window, median(seconds));
        }
        System.out.printf(
                Locale.ROOT,
                "daily run, medians of %d by window: %s s; 90 days take %.1f times 7 days%n",
                repeats,
                medians.entrySet().stream()
                        .map(e -> String.format(Locale.ROOT, "%d days %.1f", e.getKey(), e.getValue()))
                        .collect(joining(", ")),
                medians.get(90) / medians.get(7));
        System.out.printf(
                Locale.ROOT,
                "longest generated method: %,d bytes; the JVM compiles none above 8,000%n",
                CodegenMetrics.METRIC_GENERATED_METHOD_BYTECODE_SIZE()
                        .getSnapshot()
                        .getMax());
    }

    private Path day(LocalDate day) {
        return fleet.table("inferences").resolve("event_date=" + day);
    }

    /** Cells of the 60 days before the fleet's first: copies of its own, since a search reads cells and nothing else. */
    private void addFormerDays(Path warehouse) {
        Map<String, List<String>> dates = Map.of(
                "exposure_daily", List.of("event_date"),
                "verdict_daily", List.of("event_date", "arrival_date"),
                "day_builds", List.of("date"));
        dates.forEach((table, columns) -> {
            String path = warehouse.resolve(table).toString();
            Dataset<Row> rows = spark.read().format("delta").load(path);
            for (int shift : List.of(SegmentsFleet.DAYS, 2 * SegmentsFleet.DAYS)) {
                Dataset<Row> shifted = rows;
                for (String column : columns) {
                    shifted = shifted.withColumn(column, expr("date_sub(" + column + ", " + shift + ")"));
                }
                shifted.write().format("delta").mode("append").save(path);
            }
        });
    }

    private SegmentsJob job(Path warehouse, int windowDays, List<LocalDate> days) throws IOException {
        Files.createDirectories(warehouse);
        WinnowConfig config = WinnowConfig.load(
                Files.writeString(
                                warehouse.resolve("_bench.conf"),
                                """
                                pipeline = bench
                                warehouse = "%1$s"
                                labeling.path = "%1$s/_labeling"
                                inputs.inferences { path = "%2$s", dimensions { %3$s } }
                                inputs.feedback.path = "%4$s"
                                inputs.cameras { path = "%5$s", dimensions { %6$s } }
                                segments { window-days = %7$d, min-judged = %8$d, maturity.min-share = 0 }
                                """
                                        .formatted(
                                                warehouse,
                                                fleet.table("inferences"),
                                                SegmentsFleet.FRAME.entrySet().stream()
                                                        .map(d -> d.getKey() + " = \"" + d.getValue() + "\"")
                                                        .collect(joining(", ")),
                                                fleet.feedbackTable(),
                                                fleet.table("cameras"),
                                                SegmentsFleet.STATIC.keySet().stream()
                                                        .map(d -> d + " = " + d)
                                                        .collect(joining(", ")),
                                                windowDays,
                                                MIN_JUDGED))
                        .toFile(),
                Map.of());
        SparkSources sources = SparkSources.ofOneRun(spark);
        CameraTable cameras = new CameraTable(sources, config.cameras());
        TableStore tables = tables(warehouse);
        return new SegmentsJob(
                config,
                new InferenceLog(sources, config.inferences(), cameras),
                new FeedbackLog(sources, config.feedback()),
                cameras,
                new Readiness(config.inferences().readiness(), new LocalObjects()),
                tables,
                new LabeledSelections(config, tables),
                days.get(days.size() - 1),
                days.get(days.size() - 1));
    }

    private TableStore tables(Path warehouse) {
        return new DeltaTableStore(spark, warehouse.toString(), () -> {});
    }

    /** Every segment of the cells that were written must have the peer's sums, and the findings must be as many. */
    private void check(Path warehouse, Map<String, Long> expected, long published) {
        Dataset<Row> cells = cells(warehouse);
        System.out.printf(Locale.ROOT, "%,d cells of days and verdicts%n", cells.count());
        heap.set(0);
        long start = System.nanoTime();
        Lattice lattice = SegmentSums.lattice(cells, dimensions(), "site", Lattice.Limits.DEFAULT);
        Dataset<Row> sums = SegmentSums.sums(CodedCells.of(cells, lattice), SeenDays.UNKNOWN);
        long redundant = SegmentSums.withRedundancy(sums, lattice)
                .filter(SegmentSums.REDUNDANT)
                .count();
        System.out.printf(
                Locale.ROOT,
                "all conjunctions up to 3 of %d dimensions: %.1f s, %,d redundant; %s %.2f GB%n",
                dimensions().size(),
                seconds(start),
                redundant,
                heapOf,
                heap.get() / 1e9);
        Dataset<Row> decoded = NamedSums.of(sums, lattice);
        String text = "concat_ws('|', transform(segment, p -> concat(p.dimension, '=', p.value)), "
                + String.join(", ", SegmentsPeer.SUMS) + ")";
        Map<String, Long> found = totals(
                sql -> {
                    Row row = decoded.selectExpr(sql.toArray(String[]::new)).first();
                    List<Long> values = new ArrayList<>();
                    for (int i = 0; i < row.size(); i++) {
                        values.add(row.getLong(i));
                    }
                    return values;
                },
                "cast(conv(substr(md5(" + text + "), 1, 8), 16, 10) as bigint)");
        if (!found.equals(expected)) {
            throw new IllegalStateException("Segments differ: DuckDB has " + expected + ", we have " + found);
        }
        long findings = tables(warehouse)
                .read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.RUN_DATE).equalTo(SegmentsFleet.last()))
                .count();
        if (findings != published) {
            throw new IllegalStateException(
                    "Findings differ: DuckDB has " + published + " segments worth one, we have " + findings);
        }
        System.out.printf(Locale.ROOT, "the same %,d segments and %,d findings%n", found.get("segments"), findings);
    }

    private static List<Lattice.Dimension> dimensions() {
        List<Lattice.Dimension> dimensions = new ArrayList<>(List.of(
                new Lattice.Dimension("label", "label", false),
                new Lattice.Dimension("model_version", "model_version", false),
                new Lattice.Dimension("site", "site_id", true)));
        SegmentsFleet.FRAME.keySet().forEach(d -> dimensions.add(new Lattice.Dimension(d, "dim_" + d, false)));
        SegmentsFleet.STATIC.keySet().forEach(d -> dimensions.add(new Lattice.Dimension(d, "dim_" + d, true)));
        return dimensions;
    }

    /** The stored cells as {@link SegmentSums} takes them. */
    private Dataset<Row> cells(Path warehouse) {
        String keys = "camera_id, site_id, use_case, label, model_version, "
                + SegmentsFleet.FRAME.keySet().stream().map(d -> "dim_" + d).collect(joining(", "));
        Dataset<Row> exposure = spark.read()
                .format("delta")
                .load(warehouse.resolve("exposure_daily").toString())
                .filter("label <> '__NONE__'")
                .selectExpr(columns(
                        keys,
                        "shown as alarms",
                        "0L as wrong",
                        "0L as confirmed",
                        "0L as relabeled",
                        "0L as missed",
                        "0L as negatives",
                        "0L as trials",
                        "0L as estimated"));
        Dataset<Row> verdicts = spark.read()
                .format("delta")
                .load(warehouse.resolve("verdict_daily").toString())
                .selectExpr(columns(
                        keys,
                        "0L as alarms",
                        "false_positives + relabeled as wrong",
                        "confirmed",
                        "relabeled",
                        "missed",
                        "0L as negatives",
                        "false_positives + relabeled + confirmed as trials",
                        "0L as estimated"));
        Dataset<Row> cameras = spark.read().parquet(fleet.table("cameras").toString());
        for (String dimension : SegmentsFleet.STATIC.keySet()) {
            cameras = cameras.withColumnRenamed(dimension, "dim_" + dimension);
        }
        return exposure.unionByName(verdicts)
                .join(broadcast(cameras.drop("site_id")), new String[] {"camera_id"}, "left");
    }

    private static String[] columns(String keys, String... more) {
        return Stream.concat(Arrays.stream(keys.split(", ")), Arrays.stream(more)).toArray(String[]::new);
    }

    /**
     * Number of segments, a checksum of each with all its sums, and the total of every sum.
     *
     * @param query evaluates aggregates over the segments
     */
    static Map<String, Long> totals(Function<List<String>, List<Long>> query, String checksum) {
        Map<String, String> sql = new LinkedHashMap<>();
        sql.put("segments", "count(*)");
        sql.put("checksum", "cast(sum(" + checksum + ") as bigint)");
        SegmentsPeer.SUMS.forEach(name -> sql.put(name, "cast(sum(" + name + ") as bigint)"));
        List<Long> values = query.apply(List.copyOf(sql.values()));
        Map<String, Long> totals = new LinkedHashMap<>();
        for (String name : sql.keySet()) {
            totals.put(name, values.get(totals.size()));
        }
        return totals;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
