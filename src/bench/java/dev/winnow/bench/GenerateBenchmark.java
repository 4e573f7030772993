package dev.winnow.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.winnow.generate.FleetSettings;
import dev.winnow.generate.GenerateFleet;
import dev.winnow.generate.GenerateJob;
import dev.winnow.runtime.SparkSessions;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * How fast a fleet comes out. Arguments: rows [images], by default 20,000,000 rows over 10 days without images.
 *
 * <p>Prints processor seconds beside seconds on the clock: on a machine shared with others only they compare.
 */
public final class GenerateBenchmark {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private GenerateBenchmark() {}

    /** Prints seconds and rows a second, after a warm-up with a fiftieth of the rows. */
    public static void main(String[] args) throws Exception {
        long rows = args.length > 0 ? Long.parseLong(args[0]) : 20_000_000;
        boolean images = args.length > 1 && args[1].equals("images");
        Path out = Files.createTempDirectory("winnow-generate-bench");
        try (SparkSession spark = SparkSessions.withRequiredSettings(
                        SparkSession.builder().master("local[2]"))
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            GenerateJob.RowNumbers numbers = (from, until, n) -> spark.range(from, until, 1, n);
            time("warm-up", settings(rows / 50, images), numbers, out);
            FleetSettings settings = settings(rows, images);
            measured("inferences without files", rows, () -> GenerateFleet.inferences(
                            numbers.range(0, rows, 10), settings)
                    .write()
                    .format("noop")
                    .mode("overwrite")
                    .save());
            time("all tables", settings, numbers, out);
        }
        System.out.println("written to " + out);
    }

    private static FleetSettings settings(long rows, boolean images) {
        LocalDate day = LocalDate.of(2026, 5, 1);
        return new FleetSettings(42, day, 10, day.plusDays(5), 200, 5_000, Math.max(1, rows / 10), images ? FleetSettings.Images.ALL : FleetSettings.Images.NONE, null);
    }

    private static void time(String what, FleetSettings settings, GenerateJob.RowNumbers numbers, Path out) {
        measured(what, settings.inferences(), () -> new GenerateJob(settings, numbers).run(out.toString()));
    }

    private static void measured(String what, long rows, Runnable work) {
        long start = System.nanoTime();
        long processorStart = SYSTEM.getProcessCpuTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double processor = (SYSTEM.getProcessCpuTime() - processorStart) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s: %,d rows, %.1f s, %,.0f rows/s; %.1f processor seconds, %,.0f rows a second of two cores%n",
                what,
                rows,
                seconds,
                rows / seconds,
                processor,
                2 * rows / processor);
    }
}
