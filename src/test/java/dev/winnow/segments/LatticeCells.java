package dev.winnow.segments;

import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Cells to sum, and their sums by brute force: a map from each conjunction's text, one cell at a time. */
final class LatticeCells {
    /** What {@link LatticeKernel} sums, in its order; the two sites as one number. */
    static final int NUMBERS = LatticeKernel.SUMS - 1;

    /** Place of what is 1 if there are several sites, else 0. */
    static final int SITES = NUMBERS - 1;

    private static final int COUNTS = CameraSums.COUNTS;
    private static final int TRIALS = LatticeKernel.TRIALS;

    /**
     * One row of cells; {@code values} by dimension name.
     *
     * @param counts alarms, wrong, confirmed, relabeled, missed, and as one likes negatives, trials, estimated; by
     *     default trials are judged alarms and the others 0
     */
    record Cell(String useCase, String camera, Map<String, String> values, List<Long> counts) {
        Cell {
            if (counts.size() == 5) {
                counts = List.of(
                        counts.get(0),
                        counts.get(1),
                        counts.get(2),
                        counts.get(3),
                        counts.get(4),
                        0L,
                        counts.get(1) + counts.get(2),
                        0L);
            }
        }
    }

    private LatticeCells() {}

    /** Dimensions named in the first list belong to the camera; columns are {@code dim_<name>}. */
    static List<Lattice.Dimension> dimensions(List<String> ofCamera, List<String> others) {
        List<Lattice.Dimension> dimensions = new ArrayList<>();
        ofCamera.forEach(name -> dimensions.add(new Lattice.Dimension(name, "dim_" + name, true)));
        others.forEach(name -> dimensions.add(new Lattice.Dimension(name, "dim_" + name, false)));
        return dimensions;
    }

    /**
     * Random cells in random order: two use cases, eight cameras of which some have moved, negative counts, cells that
     * repeat, special values, a dimension of one value and one of {@code wide}.
     */
    static List<Cell> random(long seed, int size, int wide) {
        Random random = new Random(seed);
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int camera = random.nextInt(8);
            boolean moved = camera < 2 && random.nextBoolean();
            int site = moved ? 7 : camera / 2;
            Map<String, String> values = new TreeMap<>();
            values.put("site", "s" + site);
            values.put("region", site % 2 == 0 ? "north" : "south");
            values.put("type", camera % 3 == 0 ? "__NULL__" : "t" + camera % 3);
            values.put("light", random.nextInt(5) == 0 ? "__UNKNOWN__" : random.nextBoolean() ? "day" : "night");
            values.put("weather", "w" + random.nextInt(3));
            values.put("hour", "h" + random.nextInt(wide));
            values.put("constant", "same");
            long wrong = random.nextInt(6) - 1L;
            long relabeled = random.nextInt(3);
            cells.add(new Cell(
                    "u" + random.nextInt(2),
                    "c" + camera,
                    values,
                    List.of(
                            (long) random.nextInt(4),
                            wrong,
                            random.nextInt(3) - 1L,
                            relabeled,
                            (long) random.nextInt(2),
                            (long) random.nextInt(3),
                            random.nextInt(5) - 1L,
                            (long) random.nextInt(1_000))));
        }
        return cells;
    }

    static final List<String> OF_CAMERA = List.of("region", "site", "type");
    static final List<String> OTHERS = List.of("constant", "hour", "light", "weather");

    static Dataset<Row> frame(List<Cell> cells, List<Lattice.Dimension> dimensions) {
        StructType schema = new StructType()
                .add(SegmentSums.CAMERA_ID, DataTypes.StringType)
                .add(SegmentSums.USE_CASE, DataTypes.StringType);
        for (Lattice.Dimension dimension : dimensions) {
            schema = schema.add(dimension.column(), DataTypes.StringType);
        }
        // In another order than the kernel's: columns are found by name.
        List<String> names = new ArrayList<>(SegmentSums.COUNTS);
        Collections.reverse(names);
        for (String count : names) {
            schema = schema.add(count, DataTypes.LongType, false);
        }
        List<Row> rows = new ArrayList<>();
        for (Cell cell : cells) {
            List<Object> fields = new ArrayList<>(List.of(cell.camera(), cell.useCase()));
            dimensions.forEach(dimension -> fields.add(cell.values().get(dimension.name())));
            names.forEach(name -> fields.add(cell.counts().get(SegmentSums.COUNTS.indexOf(name))));
            rows.add(RowFactory.create(fields.toArray()));
        }
        return SparkExtension.session().createDataFrame(rows, schema);
    }

    static Lattice lattice(List<Cell> cells, List<Lattice.Dimension> dimensions, Lattice.Limits limits) {
        Map<String, TreeSet<String>> values = new HashMap<>();
        for (Lattice.Dimension dimension : dimensions) {
            TreeSet<String> seen = new TreeSet<>();
            cells.forEach(cell -> seen.add(cell.values().get(dimension.name())));
            values.put(dimension.name(), seen);
        }
        return Lattice.of(
                dimensions,
                site(dimensions),
                limits,
                cells.stream().map(Cell::useCase).toList(),
                cells.stream().map(Cell::camera).toList(),
                values);
    }

    /** A number of days that only the names decide. */
    private static int days(String useCase, String camera) {
        return Math.floorMod((useCase + camera).hashCode(), 30);
    }

    static SeenDays seen(Lattice lattice) {
        StructType schema = new StructType()
                .add(SegmentSums.USE_CASE, DataTypes.StringType)
                .add(SegmentSums.CAMERA_ID, DataTypes.StringType)
                .add(SeenDays.DAYS, DataTypes.IntegerType);
        List<Row> rows = new ArrayList<>();
        rows.add(new GenericRowWithSchema(new Object[] {"nobody", "nowhere", 9}, schema));
        for (String useCase : lattice.useCases()) {
            for (String camera : lattice.cameras()) {
                rows.add(new GenericRowWithSchema(new Object[] {useCase, camera, days(useCase, camera)}, schema));
            }
        }
        return SeenDays.of(lattice, rows.iterator());
    }

    static @Nullable String site(List<Lattice.Dimension> dimensions) {
        return dimensions.stream().anyMatch(d -> d.name().equals("site")) ? "site" : null;
    }

    /** Lines {@code use case, conjunction, numbers}, sorted. */
    static List<String> lines(Map<String, long[]> sums) {
        List<String> lines = new ArrayList<>();
        sums.forEach((key, numbers) -> lines.add(key + " " + Arrays.toString(numbers)));
        lines.sort(null);
        return lines;
    }

    static String text(List<Lattice.Predicate> predicates) {
        return predicates.stream()
                .map(p -> p.dimension() + "=" + p.value())
                .toList()
                .toString();
    }

    /** Sums by {@code use case [a=1, b=2]}; sets of names are formed by recursion, values by text. */
    static Map<String, long[]> bruteForce(List<Cell> cells, List<Lattice.Dimension> dimensions, Lattice.Limits limits) {
        List<String> names =
                dimensions.stream().map(Lattice.Dimension::name).sorted().toList();
        Map<String, TreeSet<String>> distinct = new HashMap<>();
        cells.forEach(cell -> cell.values()
                .forEach((name, value) ->
                        distinct.computeIfAbsent(name, n -> new TreeSet<>()).add(value)));
        List<List<String>> sets = new ArrayList<>();
        sets(names, 0, List.of(), sets);
        TreeSet<String> wide = new TreeSet<>();
        distinct.forEach((name, values) -> {
            if (values.size() > limits.wideAbove()) {
                wide.add(name);
            }
        });
        sets.removeIf(set -> set.size() > limits.predicates());
        sets.removeIf(
                set -> set.size() > limits.widePredicates() && set.stream().anyMatch(wide::contains));
        Map<String, Map<String, long[]>> byCamera = new HashMap<>();
        Map<String, Map<String, Long>> triedBySite = new HashMap<>();
        for (Cell cell : cells) {
            for (List<String> set : sets) {
                String key = cell.useCase() + " "
                        + set.stream().map(n -> n + "=" + cell.values().get(n)).toList();
                long[] sum = byCamera.computeIfAbsent(key, k -> new HashMap<>())
                        .computeIfAbsent(cell.camera(), c -> new long[COUNTS]);
                for (int i = 0; i < COUNTS; i++) {
                    sum[i] += cell.counts().get(i);
                }
                // Trials of a camera at one site with one set of its own values, as the kernel sees groups.
                triedBySite
                        .computeIfAbsent(key, k -> new HashMap<>())
                        .merge(
                                cell.values().get("site") + "/" + group(cell, dimensions) + "/" + cell.camera(),
                                cell.counts().get(TRIALS),
                                Long::sum);
            }
        }
        Map<String, long[]> sums = new HashMap<>();
        byCamera.forEach((key, cameras) -> {
            long[] numbers = new long[NUMBERS];
            Map<String, long[]> whole =
                    Objects.requireNonNull(byCamera.get(key.substring(0, key.indexOf(" [")) + " []"));
            cameras.forEach((camera, c) -> {
                // Of what can't be, the nearest that can: inside and outside of the segment 0 <= x <= n.
                long[] all = Objects.requireNonNull(whole.get(camera));
                long allN = Math.max(0, all[TRIALS]);
                long allX = Math.max(0, Math.min(allN, all[1]));
                long n = Math.max(0, Math.min(allN, c[TRIALS]));
                long x = Math.max(Math.max(0, allX - (allN - n)), Math.min(Math.min(n, allX), c[1]));
                for (int i = 0; i < COUNTS; i++) {
                    numbers[i] += i == 1 ? x : i == TRIALS ? n : c[i];
                }
                String useCase = key.substring(0, key.indexOf(" ["));
                long[] more = {
                    x * x,
                    x * n,
                    n * n,
                    c[0] > 0 ? 1 : 0,
                    c[0] > 0 ? days(useCase, camera) : 0,
                    n != 0 ? 1 : 0,
                    n != 0 && n == allN ? 1 : 0,
                    x * allX,
                    x * allN + n * allX,
                    n * allN
                };
                for (int i = 0; i < more.length; i++) {
                    numbers[COUNTS + i] += more[i];
                }
            });
            TreeSet<String> sites = new TreeSet<>();
            triedBySite.getOrDefault(key, Map.of()).forEach((group, tried) -> {
                if (tried != 0) {
                    sites.add(group.substring(0, group.indexOf('/')));
                }
            });
            numbers[SITES] = site(dimensions) != null && sites.size() > 1 ? 1 : 0;
            sums.put(key, numbers);
        });
        return sums;
    }

    private static String group(Cell cell, List<Lattice.Dimension> dimensions) {
        return dimensions.stream()
                .filter(Lattice.Dimension::ofCamera)
                .map(d -> cell.values().get(d.name()))
                .toList()
                .toString();
    }

    private static void sets(List<String> names, int from, List<String> chosen, List<List<String>> sets) {
        if (from == names.size()) {
            sets.add(chosen);
            return;
        }
        sets(names, from + 1, chosen, sets);
        List<String> more = new ArrayList<>(chosen);
        more.add(names.get(from));
        sets(names, from + 1, more, sets);
    }
}
