package dev.winnow.generate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.api.java.function.ReduceFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a synthetic fleet as Parquet.
 *
 * <p>Feedback, cameras, truth and the days written replace what an earlier run left at the same place; inferences of
 * other days stay.
 */
public final class GenerateJob {
    /** Rows per inference file; a day's files follow from its rows, not from the number of cores. */
    static final long ROWS_PER_FILE = 2_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(GenerateJob.class);
    private static final int DAYS_AT_ONCE = 4;
    private static final long MOST_ROWS_FOR_TRUTH = 2_000_000;
    private static final int ROWS_PER_IMAGE_TASK = 2_000;
    private static final String PARQUET_DICTIONARY = "parquet.enable.dictionary#";

    private final FleetSettings settings;
    private final RowNumbers numbers;

    /** Creates the job; {@code numbers} is usually {@code (from, until, n) -> spark.range(from, until, 1, n)}. */
    public GenerateJob(FleetSettings settings, RowNumbers numbers) {
        this.settings = settings;
        this.numbers = numbers;
    }

    /**
     * Writes below {@code outDir}:
     *
     * <ul>
     *   <li>{@code inferences/event_date=YYYY-MM-DD/}, Parquet
     *   <li>{@code feedback/reported_date=YYYY-MM-DD/}, Parquet, a file per day; up to 14 days longer than the fleet
     *   <li>{@code cameras/}, one Parquet file
     *   <li>{@code training/}, one Parquet file: what the models were trained on, see {@link GenerateFleet#training}
     *   <li>{@code truth/}, one Parquet file: what was planted, see {@link GenerateFleet#truth}
     *   <li>{@code images/YYYY-MM-DD/<camera>/<frame>.jpg}, if asked for, here or below the configured image root
     * </ul>
     *
     * @param outDir folder or URI that Spark can write to; images go to local folders only
     */
    public GenerateReport run(String outDir) {
        writeInferences(outDir + "/inferences");
        long feedback = writeFeedback(outDir + "/feedback");
        numbersOf(settings.cameras())
                .transform(all -> GenerateFleet.cameras(all, settings))
                .coalesce(1)
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(outDir + "/cameras");
        GenerateFleet.training(numbersOf(1))
                .coalesce(1)
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(outDir + "/training");
        GenerateFleet.truth(sample(), settings)
                .coalesce(1)
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(outDir + "/truth");
        long images = settings.images() == FleetSettings.Images.NONE ? 0 : drawImages(outDir);
        GenerateReport report = new GenerateReport(settings.inferences(), feedback, settings.cameras(), images);
        LOG.info("job=generate report={}", report);
        return report;
    }

    private void writeInferences(String path) {
        // A day at a time, straight into its folder: dynamic partitions would sort every row by its date first.
        List<Runnable> writes = new ArrayList<>();
        for (int day = 0; day < settings.days(); day++) {
            LocalDate date = settings.firstDay().plusDays(day);
            Dataset<Row> rows =
                    GenerateFleet.inferences(numbersOfDay(day), settings).drop(FleetTables.EVENT_DATE);
            String target = path + '/' + FleetTables.EVENT_DATE + '=' + date;
            writes.add(() -> {
                rows.write()
                        .mode(SaveMode.Overwrite)
                        .option("compression", "zstd")
                        .option(PARQUET_DICTIONARY + FleetTables.INFERENCE_ID, "false")
                        .option(PARQUET_DICTIONARY + FleetTables.IMAGE_URI, "false")
                        .option(PARQUET_DICTIONARY + FleetTables.CAPTURED_AT, "false")
                        .parquet(target);
                LOG.info("stage=inferences day={} rows={}", date, settings.inferencesPerDay());
            });
        }
        runTogether(writes);
    }

    /** Days are written side by side, so that small days keep all executors busy. */
    private static void runTogether(List<Runnable> writes) {
        ExecutorService pool = Executors.newFixedThreadPool(DAYS_AT_ONCE);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Runnable write : writes) {
                running.add(pool.submit(write));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "A day of inferences could not be written: " + e.getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while inferences were written", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private long writeFeedback(String path) {
        Observation written = new Observation();
        GenerateFleet.feedback(numbersOf(settings.inferences()), settings)
                .observe(written, count(lit(1)).as("rows"))
                .repartition(settings.days() + FeedbackModel.HORIZON_DAYS, col(FleetTables.REPORTED_DATE))
                .sortWithinPartitions(FleetTables.REPORTED_DATE, FleetTables.FEEDBACK_ID)
                .write()
                .mode(SaveMode.Overwrite)
                .partitionBy(FleetTables.REPORTED_DATE)
                .parquet(path);
        try {
            return (long) written.getAsJava().getOrDefault("rows", 0L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while feedback was counted", e);
        }
    }

    private long drawImages(String outDir) {
        FleetSettings fleet = settings;
        String root = fleet.imageRoot() == null ? outDir : fleet.imageRoot();
        return numbers.range(0, fleet.inferences(), parts(fleet.inferences(), ROWS_PER_IMAGE_TASK))
                .mapPartitions(
                        (MapPartitionsFunction<Long, Long>)
                                rows -> List.of(FrameImages.write(rows, fleet, Path.of(root)))
                                        .iterator(),
                        Encoders.LONG())
                .reduce((ReduceFunction<Long>) Long::sum);
    }

    /** Row numbers spread evenly over the fleet, few enough for one look. */
    private Dataset<Long> sample() {
        long step = Math.max(1, settings.inferences() / MOST_ROWS_FOR_TRUTH);
        return numbersOf(settings.inferences() / step)
                .map((MapFunction<Long, Long>) number -> number * step, Encoders.LONG());
    }

    private Dataset<Long> numbersOfDay(int day) {
        long from = day * settings.inferencesPerDay();
        long until = from + settings.inferencesPerDay();
        return numbers.range(from, until, parts(settings.inferencesPerDay(), ROWS_PER_FILE));
    }

    private Dataset<Long> numbersOf(long count) {
        return numbers.range(0, count, parts(count, ROWS_PER_FILE));
    }

    private static int parts(long rows, long rowsPerPart) {
        return Math.toIntExact((rows + rowsPerPart - 1) / rowsPerPart);
    }

    /** Gives row numbers without this room holding a session. */
    @FunctionalInterface
    public interface RowNumbers {
        /** Returns the numbers {@code from} to {@code until}, the latter excluded, in order in {@code partitions} parts. */
        Dataset<Long> range(long from, long until, int partitions);
    }
}
