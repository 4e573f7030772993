package dev.winnow.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lpad;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.answers.Answers;
import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Agreements;
import dev.winnow.consensus.Annotators;
import dev.winnow.consensus.ConsensusJob;
import dev.winnow.consensus.Labels;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.runtime.StageMetrics;
import dev.winnow.tables.TableDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code consensus} by Dawid-Skene from a stored table of answers to stored labels, annotators and agreement.
 *
 * <p>Arguments: numbers of answers, by default 1000000 10000000; {@code --repeats N}, by default 1. Ten answers an item by
 * 1,000 annotators whose accuracy goes from 0.5 to 0.95, ten classes; the class is right by a hash, so what was made up is
 * known and the share of right labels is printed. The session is started, and a small run made, before anything is timed.
 * Before that the rows that come of the same answers in other partitions are compared. What is shuffled is printed beside the
 * number of iterations: answers are shuffled once, so it does not grow with these.
 */
public final class ConsensusBenchmark {
    private static final int CORES = 2;
    private static final int ANSWERS_PER_ITEM = 10;
    private static final int WORKERS = 1_000;
    private static final int CLASSES = 10;
    private static final int WARM_UP = 20_000;

    /** Answers whose rows are compared over {@link #PARTITIONS}. */
    private static final long SAME = 50_000;

    private static final int[] PARTITIONS = {1, 2, 7};
    private static final LocalDate DAY = LocalDate.parse("2026-11-05");

    private final SparkSession spark;
    private final Path root;
    private final AtomicLong heap = LiveHeap.watch();
    private final SparkStages stages = new SparkStages();

    private ConsensusBenchmark(SparkSession spark, Path root) {
        this.spark = spark;
        this.root = root;
        spark.sparkContext().addSparkListener(stages);
    }

    /** Makes the answers, then measures. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = new ArrayList<>(Arrays.asList(args));
        int at = arguments.indexOf("--repeats");
        int repeats = at < 0 ? 1 : Integer.parseInt(arguments.get(at + 1));
        if (at >= 0) {
            arguments.subList(at, at + 2).clear();
        }
        List<Long> sizes = arguments.isEmpty()
                ? List.of(1_000_000L, 10_000_000L)
                : arguments.stream().map(Long::parseLong).toList();
        Path bench = Files.createDirectories(Path.of("target", "bench").toAbsolutePath());
        Path root = Files.createTempDirectory(bench, "consensus-run");
        try (SparkSession spark = SparkSessions.open(
                "winnow-bench", Map.of("spark.master", "local[" + CORES + "]"), new S3Settings("", "", false))) {
            ConsensusBenchmark benchmark = new ConsensusBenchmark(spark, root);
            benchmark.measure(WARM_UP, false);
            benchmark.partitions();
            for (long size : sizes) {
                for (int i = 0; i < repeats; i++) {
                    benchmark.measure(size, true);
                }
            }
        } finally {
            FileUtils.deleteQuietly(root.toFile());
        }
    }

    private void measure(long answers, boolean print) throws IOException {
        Path warehouse = Files.createTempDirectory(root, "warehouse");
        TableStore tables = new DeltaTableStore(spark, warehouse.toString(), () -> {});
        tables.replace(Answers.TABLE, answers(answers), Map.of(Answers.PIPELINE, "bench"));
        stages.clear();
        System.gc(); // what making the answers left is not the job's
        heap.set(0);
        try (StageMetrics metrics = StageMetrics.listenTo(spark)) {
            metrics.begin();
            long start = System.nanoTime();
            Stage.Report report = new ConsensusJob(config(warehouse), tables).run(DAY);
            double seconds = (System.nanoTime() - start) / 1e9;
            StageMetrics.Counts counts = metrics.end();
            if (print) {
                System.out.printf(
                        Locale.ROOT,
                        "%,d answers, %,d items, posteriors written: %.1f s, %.2f us an answer; %.0f MB shuffled in all, %.1f"
                                + " bytes an answer; most heap left by a"
                                + " collection %.2f GB; %.4f of the labels are right%n",
                        answers,
                        report.rowsOut(),
                        seconds,
                        seconds * 1e6 / answers,
                        counts.shuffleBytes() / 1e6,
                        counts.shuffleBytes() / (double) answers,
                        heap.get() / 1e9,
                        rightShare(tables));
                report.sentences().forEach(System.out::println);
                stages.print(8);
            }
        }
        FileUtils.deleteQuietly(warehouse.toFile());
    }

    /** Fails unless the same answers in other partitions give the same rows. */
    private void partitions() throws IOException {
        List<String> sums = new ArrayList<>();
        for (int parts : PARTITIONS) {
            Path warehouse = Files.createTempDirectory(root, "warehouse");
            TableStore tables = new DeltaTableStore(spark, warehouse.toString(), () -> {});
            tables.replace(
                    Answers.TABLE, answers(SAME).repartition(parts), Map.of(Answers.PIPELINE, "bench"));
            new ConsensusJob(config(warehouse), tables).run(DAY);
            StringBuilder sum = new StringBuilder();
            for (TableDef table : List.of(Labels.TABLE, Annotators.TABLE, Agreements.TABLE)) {
                sum.append(tables.read(table)
                        .select(to_json(struct(col("*"))).as("json"))
                        .selectExpr("count(*)", "sum(cast(xxhash64(json) as decimal(38, 0)))")
                        .first());
            }
            sums.add(sum.toString());
            FileUtils.deleteQuietly(warehouse.toFile());
        }
        if (new HashSet<>(sums).size() > 1) {
            throw new IllegalStateException("The same answers in other partitions gave other rows: " + sums);
        }
        System.out.printf(
                Locale.ROOT,
                "%,d answers in %s partitions: the same labels, posteriors, annotators and agreement to the last digit%n",
                SAME,
                Arrays.toString(PARTITIONS));
    }

    private static double rightShare(TableStore tables) {
        return tables.read(Labels.TABLE)
                .selectExpr("avg(double(" + Labels.LABEL + " = concat('class-', pmod(xxhash64('truth',"
                        + " bigint(substring(" + Labels.ITEM_ID + ", 6))), " + CLASSES + "))))")
                .first()
                .getDouble(0);
    }

    private Dataset<Row> answers(long rows) {
        return spark.range(0, rows, 1, 2 * CORES)
                .selectExpr("id div " + ANSWERS_PER_ITEM + " AS n", "id % " + ANSWERS_PER_ITEM + " AS place")
                .selectExpr(
                        "n",
                        "pmod(xxhash64('first worker', n) + place * 97, " + WORKERS + ") AS worker",
                        "pmod(xxhash64('truth', n), " + CLASSES + ") AS truth",
                        "pmod(xxhash64('luck', n, place), 1000000) / 1000000 AS luck",
                        "pmod(xxhash64('other', n, place), " + (CLASSES - 1) + ") + 1 AS shift",
                        "place")
                .select(
                        lit("bench").as(Answers.PIPELINE),
                        lit("dock").as(Answers.USE_CASE),
                        lit("job").as(Answers.JOB_NAME),
                        concat(lit("item-"), lpad(col("n").cast("string"), 9, "0")).as(Answers.ITEM_ID),
                        concat(lit("w-"), lpad(col("worker").cast("string"), 6, "0")).as(Answers.WORKER_ID),
                        lit(1).as(Answers.REPETITION),
                        lit(Answers.WORKER).as(Answers.KIND),
                        lit(Answers.ANSWERED).as(Answers.STATUS),
                        lit(Answers.CLASSIFICATION).as(Answers.TASK),
                        expr("concat('class-', if(luck < 0.5 + 0.45 * worker / " + WORKERS + ", truth, (truth + shift) % "
                                        + CLASSES + "))")
                                .as(Answers.LABEL),
                        lit(null).cast("string").as(Answers.ANSWER),
                        lit(null).cast("double").as(Answers.CONFIDENCE),
                        expr("timestamp_seconds(1793500000 + n)").as(Answers.SUBMITTED_AT),
                        expr("double(5 + place)").as(Answers.SECONDS_SPENT),
                        lit("v1").as(Answers.GUIDELINE_VERSION),
                        lit(null).cast("string").as(Answers.ROUND_ID),
                        lit(null).cast("string").as(Answers.IMAGE_URI),
                        lit("table").as(Answers.SOURCE),
                        lit("").as(Answers.SOURCE_FILE));
    }

    private static WinnowConfig config(Path warehouse) throws IOException {
        return WinnowConfig.load(
                Files.writeString(warehouse.resolve("_bench.conf"), """
                                pipeline = bench
                                warehouse = "%1$s"
                                labeling.path = "%1$s/_labeling"
                                inputs.inferences.path = "%1$s/none"
                                """.formatted(warehouse)).toFile(),
                Map.of());
    }
}
