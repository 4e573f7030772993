package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.InputException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Sums cells to every segment of a {@link Lattice}, with the sums over cameras that clustered variances need.
 *
 * <p>Cells in: {@link #USE_CASE}, {@link #CAMERA_ID}, the dimensions' columns (strings; null counts as
 * {@code __NULL__}) and {@link #COUNTS} (longs, not null, may be negative). Rows of equal keys add up. The frame is
 * read by {@link #lattice} and for {@link CodedCells}; whatever is asked afterwards reads codes.
 *
 * <p>Plan of {@link #sums}: one shuffle of codes and counts (104 bytes a cell for almost any lattice) by (use case,
 * camera), a radix sort by one long, {@link LatticeKernel} per task, and one shuffle of what the tasks found. Same rows
 * for any number of partitions and any order of cells. Requires ANSI mode, in which a sum that leaves 64 bits fails.
 *
 * <p>On the driver there are the dictionaries alone (see {@link Lattice}) until somebody collects a result.
 */
public final class SegmentSums {
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String CAMERA_ID = Inferences.CAMERA_ID;
    public static final String ALARMS = SegmentFindings.ALARMS;

    /** Judged alarms that were wrong, relabeled ones included. */
    public static final String WRONG = "wrong";

    public static final String CONFIRMED = VerdictDaily.CONFIRMED;
    public static final String RELABELED = VerdictDaily.RELABELED;
    public static final String MISSED = VerdictDaily.MISSED;

    /** Frames without output that were confirmed to show nothing. */
    public static final String NEGATIVES = SegmentFindings.NEGATIVES;

    /** What wrong alarms are held against: judged alarms, or all alarms where judged ones can't stand for them. */
    public static final String TRIALS = "trials";

    /** Wrong alarms to be expected from confidence alone, in units of 1 / {@link #ESTIMATED_UNIT}. */
    public static final String ESTIMATED = "estimated";

    /** Parts of one alarm in {@link #ESTIMATED}, so that its sum is exact in any order. */
    public static final long ESTIMATED_UNIT = 1 << 20;

    /** Counts of a cell, in the kernel's order. */
    static final List<String> COUNTS =
            List.of(ALARMS, WRONG, CONFIRMED, RELABELED, MISSED, NEGATIVES, TRIALS, ESTIMATED);

    /** Number of a segment in its lattice. */
    public static final String SEGMENT_ID = "segment_id";

    /** Number of predicates. */
    public static final String LEVEL = "level";

    /** Sum over cameras of x_c^2: wrong alarms of a camera in the segment, squared. */
    public static final String WRONG_SQUARES = "wrong_squares";

    /** Sum over cameras of x_c n_c: wrong alarms times trials. */
    public static final String WRONG_TRIALS = "wrong_trials";

    /** Sum over cameras of n_c^2. */
    public static final String TRIALS_SQUARES = "trials_squares";

    /** Cameras with alarms in the segment. */
    public static final String CAMERAS = SegmentFindings.CAMERAS;

    /** Days on which cameras with alarms in the segment were seen, summed over these cameras. */
    public static final String CAMERA_DAYS = SegmentFindings.CAMERA_DAYS;

    /** Cameras with trials in the segment: k of the clustered variance, which cameras without do not enter. */
    public static final String TRIAL_CAMERAS = SegmentFindings.TRIAL_CAMERAS;

    /** Cameras whose trials are all in the segment: they do not enter the rest's rate. */
    public static final String WHOLE_CAMERAS = "whole_cameras";

    /** Sum over cameras of x_c X_c, with X_c wrong alarms of the whole camera; squares of the rest follow from it. */
    public static final String WRONG_OF_WHOLE = "wrong_of_whole";

    /** Sum over cameras of x_c N_c + n_c X_c, with N_c trials of the whole camera. */
    public static final String WRONG_TRIALS_OF_WHOLE = "wrong_trials_of_whole";

    /** Sum over cameras of n_c N_c. */
    public static final String TRIALS_OF_WHOLE = "trials_of_whole";

    /**
     * Whether the trials come from more than one site; null if the lattice has no site. What a camera at one site counts
     * to zero on balance, verdicts taken back, does not make it such a site.
     */
    public static final String SEVERAL_SITES = "several_sites";

    /** Whether a segment less one predicate has the same counts. */
    public static final String REDUNDANT = "redundant";

    /** Counts in which a redundant segment equals a smaller one; the others say how to read these. */
    private static final List<String> COMPARED = List.of(ALARMS, WRONG, CONFIRMED, RELABELED, MISSED);

    /** Sums of the kernel in its order, the sites excepted. */
    private static final List<String> ADDED = Stream.concat(
                    COUNTS.stream(),
                    Stream.of(
                            WRONG_SQUARES,
                            WRONG_TRIALS,
                            TRIALS_SQUARES,
                            CAMERAS,
                            CAMERA_DAYS,
                            TRIAL_CAMERAS,
                            WHOLE_CAMERAS,
                            WRONG_OF_WHOLE,
                            WRONG_TRIALS_OF_WHOLE,
                            TRIALS_OF_WHOLE))
            .toList();

    private static final String LOWEST_SITE = "lowest_site";
    private static final String HIGHEST_SITE = "highest_site";

    private static final String MEMBERS = "members";

    private SegmentSums() {}

    /** {@link #lattice(Dataset, Dataset, List, String, Lattice.Limits)} of cells that tell the cameras' dimensions, too. */
    public static Lattice lattice(
            Dataset<Row> cells,
            List<Lattice.Dimension> dimensions,
            @Nullable String siteDimension,
            Lattice.Limits limits) {
        return lattice(cells, cells, dimensions, siteDimension, limits);
    }

    /**
     * Reads the values that dimensions have in some cells: a pass over each frame, one small shuffle, the result on the
     * driver.
     *
     * @param cells cells, of which dimensions of frames are read
     * @param places rows with the use cases, cameras and cameras' dimensions of these cells, some for each camera
     * @param siteDimension name of the dimension, one of the camera, whose values are sites; null if there is none
     * @throws InputException if a dimension has more values, or the cells more cameras, than the limits allow
     */
    static Lattice lattice(
            Dataset<Row> cells,
            Dataset<Row> places,
            List<Lattice.Dimension> dimensions,
            @Nullable String siteDimension,
            Lattice.Limits limits) {
        List<Lattice.Dimension> ordered = Lattice.ordered(dimensions);
        List<String> columns = new ArrayList<>(List.of(USE_CASE, CAMERA_ID));
        ordered.forEach(dimension -> columns.add(dimension.column()));
        int[] most = new int[columns.size()];
        Arrays.fill(most, limits.values());
        most[1] = limits.cameras();
        int ofPlaces =
                2 + (int) ordered.stream().filter(Lattice.Dimension::ofCamera).count();
        List<Set<String>> values = new ArrayList<>();
        columns.forEach(column -> values.add(new TreeSet<>()));
        Iterator<Row> rows = values(places, columns, 0, ofPlaces, most)
                .union(values(cells, columns, ofPlaces, columns.size(), most))
                .distinct()
                .toLocalIterator();
        while (rows.hasNext()) {
            Row row = rows.next();
            int column = row.getInt(0);
            Set<String> known = values.get(column);
            known.add(row.getString(1));
            if (known.size() > most[column]) {
                throw new InputException("Cells have more than " + most[column] + " distinct values of "
                        + (column < 2
                                ? columns.get(column)
                                : "dimension " + ordered.get(column - 2).name() + "; bin it, or leave it out"));
            }
        }
        Map<String, Set<String>> byName = new HashMap<>();
        for (int d = 0; d < ordered.size(); d++) {
            byName.put(ordered.get(d).name(), values.get(d + 2));
        }
        return Lattice.of(ordered, siteDimension, limits, values.get(0), values.get(1), byName);
    }

    /** The values that a task finds in some columns: the place of the column, and a value of it. */
    private static Dataset<Row> values(Dataset<Row> rows, List<String> columns, int from, int to, int[] most) {
        MapPartitionsFunction<Row, Row> distinct = those -> {
            List<Set<String>> seen = new ArrayList<>();
            columns.subList(from, to).forEach(column -> seen.add(new HashSet<>()));
            while (those.hasNext()) {
                Row row = those.next();
                for (int i = 0; i < seen.size(); i++) {
                    // One more than allowed is enough to be refused, and keeps the task's memory bounded.
                    if (seen.get(i).size() <= most[from + i]) {
                        seen.get(i).add(CellEncoder.value(row, i));
                    }
                }
            }
            List<Row> found = new ArrayList<>();
            for (int i = 0; i < seen.size(); i++) {
                for (String value : seen.get(i)) {
                    found.add(RowFactory.create(from + i, value));
                }
            }
            return found.iterator();
        };
        return rows.select(columns.subList(from, to).stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new))
                .mapPartitions(
                        distinct,
                        Encoders.row(new StructType()
                                .add("column", DataTypes.IntegerType, false)
                                .add("value", DataTypes.StringType, false)));
    }

    /** Use case, camera and the lattice's dimensions, which {@link CellEncoder} reads by place, and more columns. */
    static Dataset<Row> keys(Dataset<Row> cells, List<Lattice.Dimension> ordered, String... more) {
        List<Column> columns = new ArrayList<>(List.of(col(USE_CASE), col(CAMERA_ID)));
        ordered.forEach(dimension -> columns.add(col(dimension.column())));
        for (String name : more) {
            columns.add(col(name));
        }
        return cells.select(columns.toArray(Column[]::new));
    }

    /**
     * Sums cells to every segment that has any: {@link #USE_CASE}, {@link #SEGMENT_ID}, {@link #LEVEL}, the counts, the
     * sums over cameras, {@link #CAMERAS}, {@link #TRIAL_CAMERAS}, {@link #SEVERAL_SITES}. One row per use case and
     * segment, about 200 bytes each.
     *
     * @param seen days on which cameras were seen
     */
    public static Dataset<Row> sums(CodedCells cells, SeenDays seen) {
        return sums(cells, seen, 0);
    }

    /** {@link #sums(CodedCells, SeenDays)} by this many tasks; 0 leaves it to Spark. */
    static Dataset<Row> sums(CodedCells cells, SeenDays seen, int tasks) {
        Lattice lattice = cells.lattice();
        Dataset<Row> counted = cells.select(COUNTS);
        Dataset<Row> byCamera =
                tasks > 0 ? counted.repartition(tasks, cells.camera()) : counted.repartition(cells.camera());
        MapPartitionsFunction<Row, Row> kernel = rows -> new Drained(lattice, seen, rows);
        StructType schema =
                new StructType().add(USE_CASE, DataTypes.StringType, false).add(SEGMENT_ID, DataTypes.LongType, false);
        for (String name : ADDED) {
            schema = schema.add(name, DataTypes.LongType, false);
        }
        schema = schema.add(LOWEST_SITE, DataTypes.LongType, false).add(HIGHEST_SITE, DataTypes.LongType, false);

        List<Column> merged = new ArrayList<>();
        ADDED.forEach(name -> merged.add(sum(name).as(name)));
        merged.add(min(LOWEST_SITE).as(LOWEST_SITE));
        merged.add(max(HIGHEST_SITE).as(HIGHEST_SITE));
        List<Column> result = new ArrayList<>(List.of(col(USE_CASE), col(SEGMENT_ID), level(lattice)));
        ADDED.forEach(name -> result.add(col(name)));
        Column several = lattice.site() < 0
                ? lit(null).cast("boolean")
                : col(LOWEST_SITE).lt(col(HIGHEST_SITE));
        result.add(several.as(SEVERAL_SITES));
        return byCamera.sortWithinPartitions(cells.placeOrder())
                .mapPartitions(kernel, Encoders.row(schema))
                .groupBy(USE_CASE, SEGMENT_ID)
                .agg(merged.get(0), merged.subList(1, merged.size()).toArray(Column[]::new))
                .select(result.toArray(Column[]::new));
    }

    private static Column level(Lattice lattice) {
        Column level = lit(0);
        for (int predicates = 1; predicates <= lattice.limits().predicates(); predicates++) {
            level = when(col(SEGMENT_ID).geq(lattice.firstOfLevel(predicates)), predicates)
                    .otherwise(level);
        }
        return level.as(LEVEL);
    }

    /** Runs the kernel over arranged cells, handing out its sums whenever it asks for it. */
    private static final class Drained implements Iterator<Row> {
        private final Lattice lattice;
        private final Iterator<Row> cells;
        private final LatticeKernel kernel;
        private final long[] place;
        private final long[] frame;
        private final long[] counts = new long[COUNTS.size()];
        private @Nullable Row waiting;
        private String useCase = "";
        private boolean draining;

        Drained(Lattice lattice, SeenDays seen, Iterator<Row> cells) {
            this.lattice = lattice;
            this.cells = cells;
            kernel = new LatticeKernel(lattice, seen);
            place = new long[lattice.placeWords()];
            frame = new long[lattice.frameWords()];
        }

        @Override
        public boolean hasNext() {
            // Spark may ask twice; only next() moves on.
            return draining || advance();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object[] fields = new Object[2 + LatticeKernel.SUMS];
            fields[0] = useCase;
            fields[1] = kernel.id();
            for (int i = 0; i < LatticeKernel.SUMS; i++) {
                fields[2 + i] = kernel.sum(i);
            }
            draining = kernel.next();
            return RowFactory.create(fields);
        }

        /** Adds cells until there is something to hand out; false at the end. */
        private boolean advance() {
            boolean added = false;
            while (waiting != null || cells.hasNext()) {
                Row cell = waiting != null ? waiting : cells.next();
                waiting = null;
                if (kernel.mustDrain(cell.getLong(0))) {
                    waiting = cell;
                    break;
                }
                if (!added) {
                    useCase = lattice.useCases().get(lattice.useCaseOf(cell.getLong(0)));
                    added = true;
                }
                add(cell);
            }
            if (!added) {
                return false;
            }
            kernel.startDraining();
            draining = kernel.next();
            return draining;
        }

        private void add(Row cell) {
            int at = 0;
            for (int i = 0; i < place.length; i++) {
                place[i] = cell.getLong(at++);
            }
            for (int i = 0; i < frame.length; i++) {
                frame[i] = cell.getLong(at++);
            }
            for (int i = 0; i < counts.length; i++) {
                counts[i] = cell.getLong(at++);
            }
            kernel.add(place, frame, counts);
        }
    }

    /**
     * Counts the segments with predicates that have at least so many trials: the family a test has to be corrected for.
     *
     * @param sums from {@link #sums}
     * @return segments by use case; a use case without any is left out
     */
    static Map<String, Long> families(Dataset<Row> sums, long trials) {
        Map<String, Long> families = new HashMap<>();
        sums.filter(col(LEVEL).geq(1).and(col(TRIALS).geq(trials)))
                .groupBy(USE_CASE)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> families.put(row.getString(0), row.getLong(1)));
        return families;
    }

    /**
     * Adds {@link #REDUNDANT}: a segment less one of its predicates has the same five counts, so the predicate says
     * nothing, as {@code region=north} says nothing about a site of the north. Of segments that say the same at one
     * number of predicates none is redundant; what both together say is.
     *
     * <p>One shuffle: a segment and such a parent have equal counts, so rows come together by their counts; ids of fewer
     * predicates are smaller, so parents come first. A task remembers the ids of equal counts, at most 64 bytes each.
     *
     * @param sums from {@link #sums}; a segment whose parents were left out is not found redundant
     */
    public static Dataset<Row> withRedundancy(Dataset<Row> sums, Lattice lattice) {
        List<Column> together = new ArrayList<>(List.of(col(USE_CASE)));
        COMPARED.forEach(name -> together.add(col(name)));
        List<Column> order = new ArrayList<>(together);
        order.add(col(SEGMENT_ID));
        StructType schema = sums.schema().add(REDUNDANT, DataTypes.BooleanType, false);
        int useCase = schema.fieldIndex(USE_CASE);
        int segment = schema.fieldIndex(SEGMENT_ID);
        int[] counts = COMPARED.stream().mapToInt(schema::fieldIndex).toArray();
        MapPartitionsFunction<Row, Row> mark = rows -> {
            LongSlots equal = new LongSlots();
            Object[] key = new Object[1 + counts.length];
            return mapped(rows, row -> {
                boolean same = row.get(useCase).equals(key[0]);
                key[0] = row.get(useCase);
                for (int c = 0; c < counts.length; c++) {
                    same &= row.get(counts[c]).equals(key[c + 1]);
                    key[c + 1] = row.get(counts[c]);
                }
                if (!same) {
                    equal.clear();
                }
                boolean redundant = false;
                for (long parent : lattice.parents(row.getLong(segment))) {
                    redundant |= equal.contains(parent);
                }
                equal.slot(row.getLong(segment));
                return with(row, redundant);
            });
        };
        return sums.repartition(together.toArray(Column[]::new))
                .sortWithinPartitions(order.toArray(Column[]::new))
                .mapPartitions(mark, Encoders.row(schema));
    }

    private static Row with(Row row, Object last) {
        Object[] fields = new Object[row.size() + 1];
        for (int i = 0; i < row.size(); i++) {
            fields[i] = row.get(i);
        }
        fields[row.size()] = last;
        return RowFactory.create(fields);
    }

    /**
     * Collects what {@link GreedyCover} needs: tried cells of a use case, summed over all that lie in the same of some
     * segments. They decide as the single cells would and are far fewer; the last leaf may be those in no segment.
     *
     * @param segmentIds ids of the lattice by use case; their places are the leaves' members
     * @param most leaves allowed; each takes at most 4 bytes per subset of the lattice besides its sums, so 100,000
     *     take less than 0.15 GB on the driver at 299 subsets
     * @return leaves by use case, in an order that only their members decide
     * @throws InputException if there are more leaves than allowed
     */
    static Map<String, List<GreedyCover.Leaf>> leaves(CodedCells cells, Map<String, List<Long>> segmentIds, int most) {
        Lattice lattice = cells.lattice();
        StructType schema = new StructType()
                .add(USE_CASE, DataTypes.StringType, false)
                .add(MEMBERS, DataTypes.BinaryType, false)
                .add(WRONG, DataTypes.LongType, false)
                .add(TRIALS, DataTypes.LongType, false);
        int counts = cells.words();
        MapPartitionsFunction<Row, Row> match = rows -> {
            SegmentMembers segments = new SegmentMembers(lattice, segmentIds);
            return mapped(rows, row -> {
                int[] members = segments.of(row);
                ByteBuffer bytes = ByteBuffer.allocate(members.length * Integer.BYTES);
                bytes.asIntBuffer().put(members);
                return RowFactory.create(
                        segments.useCase(), bytes.array(), row.getLong(counts), row.getLong(counts + 1));
            });
        };
        Dataset<Row> tried = cells.rows()
                .filter(cells.isOf(segmentIds.keySet())
                        .and(col(WRONG).notEqual(0).or(col(TRIALS).notEqual(0))));
        List<Row> rows = cells.with(tried)
                .select(List.of(WRONG, TRIALS))
                .mapPartitions(match, Encoders.row(schema))
                .groupBy(USE_CASE, MEMBERS)
                .agg(sum(WRONG), sum(TRIALS))
                .limit(most + 1)
                .collectAsList();
        if (rows.size() > most) {
            throw new InputException("More than " + most + " sets of the "
                    + segmentIds.values().stream().mapToInt(List::size).sum()
                    + " segments share cells; cover fewer segments");
        }
        Map<String, List<GreedyCover.Leaf>> leaves = new HashMap<>();
        for (Row row : rows) {
            int[] members = new int[row.<byte[]>getAs(1).length / Integer.BYTES];
            ByteBuffer.wrap(row.<byte[]>getAs(1)).asIntBuffer().get(members);
            leaves.computeIfAbsent(row.getString(0), u -> new ArrayList<>())
                    .add(new GreedyCover.Leaf(members, row.getLong(2), row.getLong(3)));
        }
        leaves.values().forEach(Collections::sort);
        return leaves;
    }

    /** Applies a function to each row when it is asked for. */
    static Iterator<Row> mapped(Iterator<Row> rows, Function<Row, Row> one) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                return one.apply(rows.next());
            }
        };
    }
}
