package dev.winnow.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import com.sun.management.OperatingSystemMXBean;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.segments.CodedCells;
import dev.winnow.segments.Lattice;
import dev.winnow.segments.SeenDays;
import dev.winnow.segments.SegmentSums;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long it takes to sum cells to every conjunction of up to three predicates over twelve dimensions.
 *
 * <p>Arguments: cameras, by default 5,000, each with about 1,400 cells; and the most predicates of a segment with a site,
 * by default 3. Six dimensions belong to the camera, with 300, 10, 6, 5, 4 and 3 values; six do not, with 2, 3, 4, 4, 4
 * and 4. Prints processor seconds beside seconds on the clock: on a machine shared with others only they compare.
 */
public final class LatticeBenchmark {
    private static final List<Integer> OF_CAMERA = List.of(300, 10, 6, 5, 4, 3);
    private static final List<Integer> OTHERS = List.of(2, 3, 4, 4, 4, 4);
    private static final int COMBINATIONS = 2 * 3 * 4 * 4 * 4 * 4;
    private static final int CELLS = 1_400;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private LatticeBenchmark() {}

    /** Makes the cells once, then prints seconds, segments and the most heap that a collection left. */
    public static void main(String[] args) throws Exception {
        int cameras = args.length > 0 ? Integer.parseInt(args[0]) : 5_000;
        int sitePredicates = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        AtomicLong heap = LiveHeap.watch();
        try (SparkSession spark = SparkSessions.withRequiredSettings(
                        SparkSession.builder().master("local[2]"))
                .config("spark.ui.enabled", "false")
                // Spark's 200 cost two cores more than the sums: 14 processor seconds here, 20 for redundancy.
                .config("spark.sql.shuffle.partitions", "8")
                .getOrCreate()) {
            Path file = Path.of("target", "bench", "lattice-" + cameras).toAbsolutePath();
            if (!Files.exists(file.resolve("_SUCCESS"))) {
                cells(spark, cameras).write().mode("overwrite").parquet(file.toString());
            }
            Dataset<Row> cells = spark.read().parquet(file.toString());
            System.out.printf(Locale.ROOT, "%,d cells of %,d cameras%n", cells.count(), cameras);
            heap.set(0);

            Lattice.Limits limits = Lattice.Limits.DEFAULT.withPredicates(3, 200, sitePredicates);
            Lattice lattice = timed(
                    "read the values of the dimensions",
                    () -> SegmentSums.lattice(cells, dimensions(), "own0", limits));
            Dataset<Row> sums = SegmentSums.sums(CodedCells.of(cells, lattice), SeenDays.UNKNOWN).cache();
            long segments = timed("sum cells to segments", sums::count);
            long redundant = timed(
                    "find redundant segments", () -> SegmentSums.withRedundancy(sums, lattice)
                            .filter(SegmentSums.REDUNDANT)
                            .count());
            System.out.printf(
                    Locale.ROOT,
                    "%,d subsets of dimensions, %,d segments, of which %,d are redundant; by size:%n",
                    lattice.subsets(),
                    segments,
                    redundant);
            Column judged = col(SegmentSums.TRIALS).geq(30);
            sums.groupBy(SegmentSums.LEVEL)
                    .agg(count(lit(1)), count(when(judged, 1)))
                    .orderBy(SegmentSums.LEVEL)
                    .collectAsList()
                    .forEach(row -> System.out.printf(
                            Locale.ROOT,
                            "  %d predicates: %,d, with 30 judged %,d%n",
                            row.getInt(0),
                            row.getLong(1),
                            row.getLong(2)));
            System.out.printf(Locale.ROOT, "most heap left by a collection: %.2f GB%n", heap.get() / 1e9);
        }
    }

    private static <T> T timed(String what, Supplier<T> work) {
        long start = System.nanoTime();
        long processorStart = SYSTEM.getProcessCpuTime();
        T result = work.get();
        double seconds = (System.nanoTime() - start) / 1e9;
        double processor = (SYSTEM.getProcessCpuTime() - processorStart) / 1e9;
        System.out.printf(Locale.ROOT, "%s: %.1f s, %.1f processor seconds%n", what, seconds, processor);
        return result;
    }

    private static List<Lattice.Dimension> dimensions() {
        List<Lattice.Dimension> dimensions = new ArrayList<>();
        for (int i = 0; i < OF_CAMERA.size(); i++) {
            dimensions.add(new Lattice.Dimension("own" + i, "dim_own" + i, true));
        }
        for (int i = 0; i < OTHERS.size(); i++) {
            dimensions.add(new Lattice.Dimension("frame" + i, "dim_frame" + i, false));
        }
        return dimensions;
    }

    private static Dataset<Row> cells(SparkSession spark, int cameras) {
        List<Column> columns = new ArrayList<>(List.of(
                expr("'guard'").as(SegmentSums.USE_CASE), expr("concat('camera-', camera)").as(SegmentSums.CAMERA_ID)));
        // The second dimension follows from the site, as a region does.
        for (int i = 0; i < OF_CAMERA.size(); i++) {
            String of = i == 0 ? "camera % 300" : i == 1 ? "(camera % 300) % 10" : "xxhash64(camera, " + i + ")";
            columns.add(value("own" + i, "pmod(" + of + ", " + OF_CAMERA.get(i) + ")"));
        }
        int radix = 1;
        for (int i = 0; i < OTHERS.size(); i++) {
            columns.add(value("frame" + i, "combination div " + radix + " % " + OTHERS.get(i)));
            radix *= OTHERS.get(i);
        }
        columns.add(expr("pmod(xxhash64(id, 1), 20) + 4").as(SegmentSums.ALARMS));
        columns.add(expr("pmod(xxhash64(id, 2), 3)").as(SegmentSums.WRONG));
        columns.add(expr("pmod(xxhash64(id, 3), 3)").as(SegmentSums.CONFIRMED));
        columns.add(expr("0L").as(SegmentSums.RELABELED));
        columns.add(expr("pmod(xxhash64(id, 4), 2)").as(SegmentSums.MISSED));
        columns.add(expr("0L").as(SegmentSums.NEGATIVES));
        columns.add(expr("pmod(xxhash64(id, 2), 3) + pmod(xxhash64(id, 3), 3)").as(SegmentSums.TRIALS));
        columns.add(expr("pmod(xxhash64(id, 5), 1000000)").as(SegmentSums.ESTIMATED));
        return spark.range(0, (long) cameras * COMBINATIONS, 1, 8)
                .withColumn("camera", expr("id div " + COMBINATIONS))
                .withColumn("combination", expr("id % " + COMBINATIONS))
                .filter("pmod(xxhash64(id), " + COMBINATIONS + ") < " + CELLS)
                .select(columns.toArray(Column[]::new));
    }

    private static Column value(String name, String code) {
        return expr("concat('" + name + "-', " + code + ")").as("dim_" + name);
    }
}
