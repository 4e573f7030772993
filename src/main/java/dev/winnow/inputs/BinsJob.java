package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import dev.winnow.config.CameraSettings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.DimensionSettings;
import dev.winnow.config.InferenceSettings;
import dev.winnow.config.InputSettings;
import dev.winnow.config.Suggestions;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.SourceReader;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.QuantileGrid;
import dev.winnow.tables.InputException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Stores quantile edges of a numeric dimension under a name, in one pass over the days that are looked at.
 *
 * <p>Numbers are counted on the grid of {@link QuantileGrid}, whatever way they are split, so the driver sees at most
 * 324,004 counts and the edges are the same for any number of files and partitions.
 */
public final class BinsJob implements Stage {
    /** The command. */
    public static final String NAME = "bins";

    private final WinnowConfig config;
    private final SourceReader sources;
    private final TableStore tables;
    private final Wanted wanted;

    /**
     * What edges to store.
     *
     * @param name name to store them under
     * @param dimension dimension of inferences or cameras
     * @param count intervals, 2 to {@link DimensionSettings#MAX_EDGES} + 1
     * @param days event dates to look at up to and with the run date; says nothing for a dimension of cameras
     */
    public record Wanted(String name, String dimension, int count, int days) {}

    /** Creates the job; {@code config} may ask for names that are not stored yet. */
    public BinsJob(WinnowConfig config, SourceReader sources, TableStore tables, Wanted wanted) {
        this.config = config;
        this.sources = sources;
        this.tables = tables;
        this.wanted = wanted;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Takes the edges from the data and stores them.
     *
     * @throws ConfigException if the name is stored already, or there is no such dimension
     * @throws InputException if there are no two different numbers
     */
    @Override
    public Report run(LocalDate runDate) {
        List<Double> known = DimensionBins.stored(tables, config.pipeline()).get(wanted.name);
        if (known != null) {
            throw new ConfigException("the bins " + wanted.name + " of pipeline " + config.pipeline()
                    + " are stored already, with the edges " + known
                    + "; a name keeps its edges, or days would not compare: choose another name");
        }
        Looked looked = look(runDate);
        NavigableMap<Double, Long> counts = new TreeMap<>();
        long without = 0;
        for (Row row : counted(looked.numbers).collectAsList()) {
            if (row.isNullAt(0)) {
                without = row.getLong(1);
            } else {
                counts.put(row.getDouble(0), row.getLong(1));
            }
        }
        List<Double> edges = QuantileGrid.edges(counts, wanted.count);
        String of =
                String.format(Locale.ROOT, "%,d numbers of %s (%,d have none)", total(counts), looked.what(), without);
        if (edges.isEmpty()) {
            throw new InputException("dimension " + wanted.dimension + ": no edge parts the " + of
                    + (counts.isEmpty() ? "" : ": all are about " + counts.firstKey())
                    + "; nothing was written. Correct its value in the configuration, or look at other days");
        }
        store(looked, edges, total(counts), without);
        List<String> sentences = shares(counts, edges);
        if (edges.size() < wanted.count - 1) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%d intervals instead of %d: so many numbers are equal that no edge parts them further",
                    edges.size() + 1,
                    wanted.count));
        }
        sentences.add("stored the edges " + edges + " under the name " + wanted.name + ", from " + of
                + "; the configuration asks for them by dimensions." + wanted.dimension + " { value = \"" + looked.value
                + "\", bins = " + wanted.name + " }");
        return new Report(
                total(counts) + without, 1, 0, looked.first == null ? 0 : 1, looked.input.fingerprint(), sentences);
    }

    /**
     * What is looked at.
     *
     * @param numbers one column
     * @param value expression that makes them
     * @param input files they are from
     * @param first first event date; null for cameras
     * @param last last event date; null for cameras
     */
    private record Looked(
            Dataset<Row> numbers,
            String value,
            DayInput input,
            @Nullable LocalDate first,
            @Nullable LocalDate last) {
        String what() {
            return first == null ? "cameras" : "inferences of " + first + " to " + last;
        }
    }

    private Looked look(LocalDate last) {
        InputSettings frames = config.inferences().input();
        InputSettings statics = config.cameras().input();
        DimensionSettings ofFrames = frames.dimensions().get(wanted.dimension);
        DimensionSettings ofCameras = statics.dimensions().get(wanted.dimension);
        if (ofFrames != null && !ofFrames.value().equals(InferenceSettings.PART_OF_DAY)) {
            LocalDate first = last.minusDays(wanted.days - 1L);
            List<LocalDate> days = first.datesUntil(last.plusDays(1)).toList();
            InferenceLog log = new InferenceLog(
                    sources,
                    config.inferences().withInput(frames.onlyBinned(wanted.dimension, wanted.name)),
                    new CameraTable(sources, new CameraSettings(statics.withDimensions(Map.of()))));
            DayInput input = days.stream().map(log::day).reduce(DayInput::and).orElseThrow();
            return new Looked(log.numbers(days, wanted.dimension), ofFrames.value(), input, first, last);
        }
        if (ofCameras != null) {
            CameraTable cameras =
                    new CameraTable(sources, new CameraSettings(statics.onlyBinned(wanted.dimension, wanted.name)));
            return new Looked(cameras.numbers(wanted.dimension), ofCameras.value(), cameras.files(), null, null);
        }
        Set<String> names = new TreeSet<>(frames.dimensions().keySet());
        names.addAll(statics.dimensions().keySet());
        throw new ConfigException(
                ofFrames == null
                        ? "--dimension " + wanted.dimension + " is no dimension of the configuration"
                                + Suggestions.nearest(wanted.dimension, names)
                        : "--dimension " + wanted.dimension + ": " + ofFrames.value() + " is no number; take "
                                + InferenceSettings.LOCAL_HOUR);
    }

    private static Dataset<Row> counted(Dataset<Row> numbers) {
        UDF1<Double, Double> floor = number -> number == null ? null : QuantileGrid.floor(number);
        return numbers.groupBy(udf(floor, DataTypes.DoubleType).apply(col(numbers.columns()[0])))
                .agg(count(lit(1)));
    }

    private void store(Looked looked, List<Double> edges, long numbers, long without) {
        Row row = RowFactory.create(
                config.pipeline(),
                wanted.name,
                wanted.dimension,
                looked.value,
                edges.toArray(Double[]::new),
                wanted.count,
                numbers,
                without,
                looked.first,
                looked.last,
                looked.input.fingerprint());
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(DimensionBins.PIPELINE, config.pipeline());
        scope.put(DimensionBins.NAME, wanted.name);
        tables.replace(DimensionBins.TABLE, tables.frame(DimensionBins.TABLE, List.of(row)), scope);
    }

    private static List<String> shares(NavigableMap<Double, Long> counts, List<Double> edges) {
        List<String> shares = new ArrayList<>();
        List<String> names = Intervals.names(edges);
        for (int i = 0; i < names.size(); i++) {
            NavigableMap<Double, Long> inside = i == 0 ? counts : counts.tailMap(edges.get(i - 1), true);
            long count = total(i == edges.size() ? inside : inside.headMap(edges.get(i), false));
            shares.add(
                    String.format(Locale.ROOT, "%s: %,d, %.1f %%", names.get(i), count, 100.0 * count / total(counts)));
        }
        return shares;
    }

    private static long total(Map<Double, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
