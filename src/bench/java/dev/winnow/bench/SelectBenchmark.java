package dev.winnow.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.outcomes.ProposedWeights;
import dev.winnow.ports.History;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.OpenJobs;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.runtime.StageMetrics;
import dev.winnow.selection.SelectJob;
import dev.winnow.tables.TableDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * {@code select} of 50,000 images from a stored table of candidates.
 *
 * <p>Arguments: numbers of candidates, by default 3000000 10000000 30000000. They are of eight days, six signals with a
 * score and the audit, 5,000 cameras at 500 sites, ten classes and six dimensions. The session is started, and a small
 * selection made, before anything is timed. {@code --executor N}: tasks run in a process of their own with N MiB of heap, so
 * that the heap printed is the driver's alone; it is collected once a second, which takes time.
 */
public final class SelectBenchmark {
    private static final int CORES = 2;
    private static final int BUDGET = 50_000;
    private static final int CAMERAS = 5_000;
    private static final int CAMERAS_PER_SITE = 10;
    private static final int CLASSES = 10;
    private static final int DAYS = 8;
    private static final int WARM_UP = 100_000;
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");
    private static final List<String> DIMENSIONS =
            List.of("camera_type", "distance", "lens", "lighting", "mount", "weather");
    private static final List<String> SIGNALS =
            Stream.concat(Candidates.SCORED.stream(), Stream.of(Candidates.AUDIT)).toList();

    private final SparkSession spark;
    private final Path root;
    private final AtomicLong heap;
    private final boolean driverAlone;
    private final SparkStages stages = new SparkStages();

    private SelectBenchmark(SparkSession spark, Path root, boolean driverAlone) {
        this.spark = spark;
        this.root = root;
        this.driverAlone = driverAlone;
        this.heap = driverAlone ? LiveHeap.collect() : LiveHeap.watch();
        spark.sparkContext().addSparkListener(stages);
    }

    /** Makes the candidates, then measures. */
    public static void main(String[] args) throws Exception {
        List<String> given = new ArrayList<>(List.of(args));
        int executor = given.indexOf("--executor");
        boolean alone = executor >= 0;
        Map<String, String> settings = alone
                ? BenchCluster.settings(CORES, Long.parseLong(given.remove(executor + 1)))
                : Map.of("spark.master", "local[" + CORES + "]");
        given.remove("--executor");
        List<Long> sizes = given.isEmpty()
                ? List.of(3_000_000L, 10_000_000L, 30_000_000L)
                : given.stream().map(Long::parseLong).toList();
        Path bench = Files.createDirectories(Path.of("target", "bench").toAbsolutePath());
        Path root = Files.createTempDirectory(bench, "select-run");
        try (SparkSession spark = SparkSessions.open("winnow-bench", settings, new S3Settings("", "", false))) {
            SelectBenchmark benchmark = new SelectBenchmark(spark, root, alone);
            benchmark.measure(WARM_UP, false);
            for (long size : sizes) {
                benchmark.measure(size, true);
            }
        } finally {
            FileUtils.deleteQuietly(root.toFile());
        }
    }

    private void measure(long rows, boolean print) throws IOException {
        Path warehouse = Files.createTempDirectory(root, "warehouse");
        TableStore tables = new DeltaTableStore(spark, warehouse.toString(), () -> {});
        for (int i = 0; i < DAYS; i++) {
            LocalDate day = DAY.minusDays(i);
            tables.replace(
                    Candidates.TABLE.withDimensions(DIMENSIONS),
                    candidates(rows / DAYS, day),
                    Map.of(Candidates.PIPELINE, "bench", Candidates.RUN_DATE, day));
        }
        stages.clear();
        System.gc(); // what making the candidates left is not the job's
        heap.set(0);
        try (StageMetrics metrics = StageMetrics.listenTo(spark)) {
            metrics.begin();
            long start = System.nanoTime();
            Stage.Report report = job(config(warehouse), tables).run(DAY);
            double seconds = (System.nanoTime() - start) / 1e9;
            StageMetrics.Counts counts = metrics.end();
            if (print) {
                System.out.printf(
                        Locale.ROOT,
                        "%,d candidates, %,d on the driver, %,d selected: %.1f s, %.2f us a candidate; %.0f MB shuffled;"
                                + " most heap left by a %s %.2f GB%n",
                        rows,
                        report.rowsIn(),
                        report.rowsOut(),
                        seconds,
                        seconds * 1e6 / rows,
                        counts.shuffleBytes() / 1e6,
                        driverAlone ? "full collection of the driver alone" : "collection",
                        heap.get() / 1e9);
                report.sentences().forEach(System.out::println);
                stages.print(8);
            }
        }
        FileUtils.deleteQuietly(warehouse.toFile());
    }

    private SelectJob job(WinnowConfig config, TableStore tables) {
        SparkSources sources = SparkSources.ofOneRun(spark);
        CameraTable cameras = new CameraTable(sources, config.cameras());
        return new SelectJob(
                config,
                new InferenceLog(sources, config.inferences(), cameras),
                cameras,
                tables,
                uris -> Set.of(),
                new Rounds(new LocalObjects(), config.labeling().path(), config.pipeline()),
                new History(
                        new OpenJobs(
                                config.pipeline(), tables, config.labeling().team()),
                        new LabeledSelections(config, tables),
                        new ProposedWeights(config.pipeline(), tables)),
                1);
    }

    /** Candidates of one day; a fifth of the images is there for more than one signal. */
    private Dataset<Row> candidates(long rows, LocalDate day) {
        Dataset<Row> made = spark.range(0, rows, 1, 2 * CORES)
                .withColumn("signal_no", expr("pmod(xxhash64('signal', id), " + SIGNALS.size() + ")"))
                .withColumn("image", expr("if(id % 5 = 0, id div 2, id)"))
                .withColumn("camera", expr("pmod(xxhash64('camera', image), " + CAMERAS + ")"))
                .withColumn("luck", expr("pmod(xxhash64('luck', id), 1000000) / 1000000"))
                .withColumn("draw", expr("pmod(xxhash64('draw', id), 1000000007) / 1000000007"))
                .withColumn("day", lit(day.toString()).cast("date"))
                .withColumn(
                        Candidates.SIGNAL,
                        expr("element_at(array('" + String.join("', '", SIGNALS) + "'), int(signal_no) + 1)"));
        Column drawn = col(Candidates.SIGNAL).equalTo(Candidates.AUDIT);
        Dataset<Row> named = made.withColumn(Candidates.PIPELINE, lit("bench"))
                .withColumn(Candidates.RUN_DATE, col("day"))
                .withColumn(Candidates.RUN_ID, lit("run"))
                .withColumn(Inferences.USE_CASE, lit("dock"))
                .withColumn(Candidates.ITEM_ID, expr("substring(sha2(concat(day, '|', image, '|', signal), 256), 1, 32)"))
                .withColumn(Inferences.INFERENCE_ID, expr("concat('inference-', day, '-', id)"))
                .withColumn(
                        Inferences.IMAGE_URI,
                        expr("concat('s3://bucket/site-', camera div " + CAMERAS_PER_SITE
                                + ", '/camera-', camera, '/', day, '/', image, '.jpg')"))
                .withColumn(Inferences.CAPTURED_AT, expr("timestamp_seconds(unix_seconds(timestamp(day)) + image % 86400)"))
                .withColumn(Inferences.SITE_ID, expr("concat('site-', camera div " + CAMERAS_PER_SITE + ")"))
                .withColumn(Inferences.CAMERA_ID, expr("concat('camera-', camera)"))
                .withColumn(Inferences.MODEL_VERSION, lit("v1"))
                .withColumn(
                        Inferences.PREDICTED_LABEL, expr("concat('class-', pmod(xxhash64('class', id), " + CLASSES + "))"))
                .withColumn(Inferences.CONFIDENCE, expr("0.3 + 0.6 * luck"))
                .withColumn(Candidates.SCORE, expr("if(signal = 'AUDIT', null, luck)"))
                .withColumn(Candidates.DRAW, col("draw"))
                .withColumn(Candidates.DRAW_LIMIT, expr("if(signal = 'AUDIT', 1.0D, null)"))
                .withColumn(Candidates.FRAMES, expr("if(signal = 'AUDIT', " + 10 * rows + "L, null)"))
                .withColumn(
                        Candidates.SEGMENT,
                        expr("if(signal = 'ELEVATED_SEGMENT', concat('lighting=', camera % 4), null)"))
                .withColumn(Candidates.VERDICT, expr("if(signal = 'CONFIDENT_WRONG', 'FALSE_POSITIVE', null)"));
        for (String dimension : DIMENSIONS) {
            named = named.withColumn(
                    TableDef.dimensionColumn(dimension),
                    expr("concat('value-', pmod(xxhash64('" + dimension + "', camera), 5))"));
        }
        // What select does not choose by stays empty.
        for (StructField field : Candidates.TABLE.schema().fields()) {
            if (!List.of(named.columns()).contains(field.name())) {
                named = named.withColumn(field.name(), lit(null).cast(field.dataType()));
            }
        }
        // Draws are of one row an image.
        return named.filter(drawn.and(expr("id % 5 = 0")).equalTo(false))
                .select(Stream.concat(
                                Candidates.TABLE.columns().stream(),
                                DIMENSIONS.stream().map(TableDef::dimensionColumn))
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }

    private static WinnowConfig config(Path warehouse) throws IOException {
        Path log = Files.createDirectories(warehouse.resolve("log"));
        Files.writeString(log.resolve("day.json"), "{\"event_date\":\"" + DAY + "\"}\n");
        return WinnowConfig.load(
                Files.writeString(
                                warehouse.resolve("_bench.conf"),
                                """
                                pipeline = bench
                                warehouse = "%1$s"
                                labeling.path = "%1$s/_labeling"
                                inputs.inferences { path = "%2$s", format = json, schema = "event_date DATE", dimensions { %3$s } }
                                use-cases.default.budget = 100
                                use-cases.dock { budget = %4$d, max-per-camera = 50, signals { rare-class = 0.1 } }
                                """
                                        .formatted(
                                                warehouse,
                                                log,
                                                DIMENSIONS.stream()
                                                        .map(name -> name + " = " + name)
                                                        .collect(Collectors.joining(", ")),
                                                BUDGET))
                        .toFile(),
                Map.of());
    }
}
