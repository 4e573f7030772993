package dev.winnow.quality;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.winnow.stats.Isotonic;
import dev.winnow.stats.Reliability;
import dev.winnow.stats.Reliability.Bin;
import dev.winnow.stats.Temperature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Calibration of one class, or of all, from counts in narrow bins of confidence. */
final class Calibration {
    /** Narrow bins of equal width, so that counts add up whatever is fitted to them. */
    static final int NARROW = 1024;

    /** Judged items below which a class's calibration says nothing. */
    static final long MIN_ITEMS = 200;

    /** Items of the fitted half from which a free curve is fitted instead of one number. */
    static final long MIN_ISOTONIC = 1_000;

    private static final double ONE = 0x1p20;

    /**
     * Judged items whose confidence lies in one narrow and one reported bin.
     *
     * @param fitted whether they are of the half that calibration is fitted on
     * @param narrow narrow bin, from 0
     * @param bin reported bin, from 1
     * @param items how many
     * @param counts their weight, confidence and what is right
     */
    record Cell(boolean fitted, int narrow, int bin, long items, Bin counts) {}

    private final List<Cell> cells;
    private final int bins;

    Calibration(List<Cell> cells, int bins) {
        this.cells = List.copyOf(cells);
        this.bins = bins;
    }

    long items() {
        return items(cells);
    }

    private static long items(List<Cell> of) {
        return of.stream().mapToLong(Cell::items).sum();
    }

    private static Reliability reliability(List<Cell> of, ToIntFunction<Cell> bin, ToDoubleFunction<Cell> confidence) {
        return new Reliability(
                of.stream().collect(groupingBy(bin::applyAsInt, TreeMap::new, toList())).values().stream()
                        .map(together -> sum(together, confidence))
                        .toList());
    }

    private static Bin sum(List<Cell> together, ToDoubleFunction<Cell> confidence) {
        double weight = 0;
        double sure = 0;
        double right = 0;
        for (Cell cell : together) {
            weight += cell.counts().weight();
            sure += cell.counts().weight() * confidence.applyAsDouble(cell);
            right += cell.counts().right();
        }
        return new Bin(weight, sure, right);
    }

    private static double shown(Cell cell) {
        return cell.counts().meanConfidence();
    }

    private static Reliability asShown(List<Cell> of) {
        return reliability(of, Cell::bin, Calibration::shown);
    }

    /**
     * The same over bins that hold about as many items each: narrow bins in their order, each in the bin that the middle of its
     * items falls into. One narrow bin with more items than that is a bin of its own.
     */
    private Reliability ofEqualMass(List<Cell> of) {
        TreeMap<Integer, Double> weights = new TreeMap<>();
        of.forEach(cell -> weights.merge(cell.narrow(), cell.counts().weight(), Double::sum));
        double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        TreeMap<Integer, Integer> binOfNarrow = new TreeMap<>();
        double before = 0;
        for (Map.Entry<Integer, Double> narrow : weights.entrySet()) {
            double middle = before + narrow.getValue() / 2;
            binOfNarrow.put(narrow.getKey(), Math.min(bins - 1, (int) (middle / all * bins)));
            before += narrow.getValue();
        }
        return reliability(of, cell -> Objects.requireNonNull(binOfNarrow.get(cell.narrow())), Calibration::shown);
    }

    /** A row of {@link Calibrations}. */
    Row row(String pipeline, Population population, String label) {
        Reliability all = asShown(cells);
        Bin sum = sum(cells, Calibration::shown);
        List<Cell> fitted = cells.stream().filter(Cell::fitted).toList();
        List<Cell> other = cells.stream().filter(cell -> !cell.fitted()).toList();
        boolean enough = items() >= MIN_ITEMS && !fitted.isEmpty() && !other.isEmpty();
        boolean isotonic = enough && items(fitted) >= MIN_ISOTONIC;
        Double temperature = enough && !isotonic
                ? (Double) Temperature.fit(fitted.stream().map(Cell::counts).toList())
                : null;
        double[] curve = isotonic ? curve(fitted) : new double[0];
        Double after = enough ? after(other, temperature, curve) : null;
        return RowFactory.create(
                pipeline,
                population.useCase(),
                population.modelVersion(),
                population.source(),
                population.design(),
                label,
                items(),
                sum.accuracy(),
                sum.meanConfidence(),
                all.expectedError(),
                all.largestError(),
                binRows(),
                enough ? (isotonic ? Calibrations.ISOTONIC : Calibrations.TEMPERATURE_SCALING) : null,
                temperature,
                steps(curve),
                enough ? items(fitted) : null,
                enough ? items(other) : null,
                enough ? asShown(other).expectedError() : null,
                after,
                ofEqualMass(cells).expectedError());
    }

    private @Nullable Double after(List<Cell> other, @Nullable Double temperature, double[] curve) {
        ToDoubleFunction<Cell> calibrated =
                cell -> temperature != null ? Temperature.apply(shown(cell), temperature) : curve[cell.narrow()];
        return reliability(other, cell -> binOf(calibrated.applyAsDouble(cell)), calibrated)
                .expectedError();
    }

    private int binOf(double confidence) {
        return Math.max(1, (int) Math.ceil(confidence * bins));
    }

    /** Share that is right in each narrow bin, never falling with confidence. */
    private static double[] curve(List<Cell> fitted) {
        long[] all = new long[NARROW];
        long[] wrong = new long[NARROW];
        for (Cell cell : fitted) {
            all[cell.narrow()] += Math.round(cell.counts().weight() * ONE);
            wrong[cell.narrow()] += Math.max(
                    0,
                    Math.round(cell.counts().weight() * ONE)
                            - Math.round(cell.counts().right() * ONE));
        }
        return Arrays.stream(Isotonic.falling(wrong, all)).map(rate -> 1 - rate).toArray();
    }

    private static Row[] steps(double[] curve) {
        List<Row> steps = new ArrayList<>();
        for (int bin = 0; bin < curve.length; bin++) {
            if (bin == 0 || curve[bin] != curve[bin - 1]) {
                steps.add(RowFactory.create((double) bin / NARROW, curve[bin]));
            }
        }
        return steps.toArray(Row[]::new);
    }

    private Row[] binRows() {
        List<Row> rows = new ArrayList<>();
        new TreeMap<>(cells.stream().collect(groupingBy(Cell::bin))).forEach((bin, together) -> {
            Bin sum = sum(together, Calibration::shown);
            rows.add(RowFactory.create(
                    (bin - 1.0) / bins, (double) bin / bins, items(together), sum.meanConfidence(), sum.accuracy()));
        });
        return rows.toArray(Row[]::new);
    }

    /** Adds what is known of several classes. */
    static List<Cell> together(List<List<Cell>> classes) {
        return classes.stream().flatMap(cells -> cells.stream()).toList();
    }
}
