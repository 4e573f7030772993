package dev.winnow.inputs;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static dev.winnow.inputs.TrainingLabels.BURSTS;
import static dev.winnow.inputs.TrainingLabels.LABEL;
import static dev.winnow.inputs.TrainingLabels.SAMPLES;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.DimensionSettings;
import dev.winnow.config.InputSettings;
import dev.winnow.config.TrainingSettings;
import dev.winnow.config.TrainingSettings.Kind;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.jspecify.annotations.Nullable;

/** What the models were trained on, counted by class; may be absent. */
public final class TrainingSet {
    /** Counts that the driver takes; more classes than this are no classes. */
    private static final int MAX_COUNTS = 100_000;

    private static final String DIMENSION = "dimension";
    private static final String VALUE = "value";
    private static final String BURST = "burst";
    private static final String REASON = "reason";
    private static final Comparator<@Nullable String> NULLS_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());

    private final SourceReader sources;
    private final TrainingSettings settings;
    private final InputSettings input;
    private final double maxShare;
    private @Nullable List<Count> counts;

    /**
     * How often models were trained on a class.
     *
     * @param useCase use case; null: every use case
     * @param label class
     * @param dimension dimension; null: whatever the conditions
     * @param value its value; null where the dimension is
     * @param samples labels
     * @param bursts distinct bursts among them, by which similar labels count once; at most {@code samples}
     */
    public record Count(
            @Nullable String useCase,
            String label,
            @Nullable String dimension,
            @Nullable String value,
            long samples,
            long bursts) {}

    /** Reads the training set that {@code config} names; numbers take the intervals of its dimensions of that name. */
    public TrainingSet(SourceReader sources, WinnowConfig config) {
        this.sources = sources;
        this.settings = config.training();
        this.maxShare = config.rejects().maxShare();
        Map<String, DimensionSettings> known =
                new TreeMap<>(config.inferences().input().dimensions());
        known.putAll(config.cameras().input().dimensions());
        Map<String, DimensionSettings> dimensions =
                new TreeMap<>(settings.input().dimensions());
        dimensions.replaceAll((name, own) -> {
            DimensionSettings of = Objects.requireNonNull(known.get(name), name);
            return new DimensionSettings(own.value(), of.edges(), of.bins());
        });
        this.input = settings.input().withDimensions(dimensions);
    }

    /** Returns whether it is known what the models were trained on. */
    public boolean present() {
        return input.present();
    }

    /** Returns the names of the dimensions by which the training set is counted, sorted. */
    public List<String> dimensions() {
        return List.copyOf(input.dimensions().keySet());
    }

    /** Describes the files; reads no data. */
    public DayInput files() {
        return DayInput.of(present() ? sources.files(source(), sources.open(source())) : List.of());
    }

    /**
     * Counts the classes, each as a whole and at every value of each dimension; sorted. Without a training set there are
     * none. Read once: a run sees the files that were there when it began.
     *
     * @throws InputException if there is no label at all, or more rows break the contract than may
     */
    public List<Count> counts() {
        List<Count> known = counts;
        if (known == null) {
            known = present() ? read() : List.of();
            counts = known;
        }
        return known;
    }

    private List<Count> read() {
        Dataset<Row> rows = Intervals.named(mapped(), input.dimensions(), dimension -> Inferences.NULL_VALUE);
        requireContract(rows);
        Dataset<Row> good = rows.filter(col(REASON).isNull());
        Dataset<Row> counted = settings.kind() == Kind.COUNTS ? summed(good) : ofLabels(good);
        List<Count> counts = new ArrayList<>();
        for (Row row : counted.limit(MAX_COUNTS + 1).collectAsList()) {
            counts.add(new Count(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getLong(5)));
        }
        if (counts.size() > MAX_COUNTS) {
            throw new InputException("inputs.training: " + input.place() + " has more than " + MAX_COUNTS
                    + " classes and values of dimensions; is the right column mapped to label?");
        }
        if (counts.isEmpty()) {
            throw new InputException("inputs.training: "
                    + (settings.kind() == Kind.MANIFEST
                            ? "no line of " + input.place() + " has a label under " + settings.labelAttribute()
                                    + "; check inputs.training.label-attribute"
                            : input.place() + " holds no label; check the path and the column mapping"));
        }
        counts.sort(Comparator.comparing(Count::useCase, NULLS_FIRST)
                .thenComparing(Count::label)
                .thenComparing(Count::dimension, NULLS_FIRST)
                .thenComparing(Count::value, NULLS_FIRST));
        return counts;
    }

    // ---- canonical rows

    private Dataset<Row> mapped() {
        Dataset<Row> source = sources.open(source());
        if (settings.kind() == Kind.COUNTS) {
            return Mapping.apply(
                            source, input, TrainingLabels.COUNTS, List.of(USE_CASE, BURSTS), List.of(), dimensions())
                    .withColumn(REASON, reasonOfCount());
        }
        boolean manifest = settings.kind() == Kind.MANIFEST;
        return Mapping.apply(
                        manifest ? labeled(source) : source,
                        input,
                        TrainingLabels.LABELS,
                        List.of(USE_CASE, CAMERA_ID, CAPTURED_AT),
                        List.of(),
                        dimensions())
                .withColumn(
                        REASON,
                        coalesce(
                                when(col(LABEL).isNull(), LABEL + "_null"),
                                concat(lit(CAPTURED_AT + "_"), col(Mapping.problem(CAPTURED_AT)))));
    }

    private static Column reasonOfCount() {
        return coalesce(
                when(col(LABEL).isNull(), LABEL + "_null"),
                concat(lit(SAMPLES + "_"), col(Mapping.problem(SAMPLES))),
                when(col(SAMPLES).isNull(), SAMPLES + "_null"),
                when(col(SAMPLES).lt(0), SAMPLES + "_negative"),
                concat(lit(BURSTS + "_"), col(Mapping.problem(BURSTS))),
                when(col(BURSTS).lt(0), BURSTS + "_negative"),
                when(col(BURSTS).gt(col(SAMPLES)), BURSTS + "_above_samples"));
    }

    /** Where and how the source is opened: the label of a manifest may be a number, a list or an object, so it is text. */
    private InputSettings source() {
        if (settings.kind() != Kind.MANIFEST) {
            return input;
        }
        String attribute = settings.labelAttribute();
        String schema = "`" + attribute + "` STRING, `" + attribute + "-metadata` STRING";
        return new InputSettings(
                input.name(),
                input.path(),
                input.table(),
                InputSettings.Format.JSON,
                input.schema().isEmpty() ? schema : schema + ", " + input.schema(),
                input.options(),
                input.partitionFilter(),
                input.timeZone(),
                input.columns(),
                input.dimensions());
    }

    /**
     * Turns lines of a manifest into one row per label. A line may name its class, list the numbers of several, or hold
     * boxes that name theirs by number; what the metadata has no name for stays without one and breaks the contract.
     */
    private Dataset<Row> labeled(Dataset<Row> lines) {
        String attribute = settings.labelAttribute();
        String label = "`" + attribute + "`";
        String metadata =
                "from_json(`" + attribute + "-metadata`, '`class-name` STRING, `class-map` MAP<STRING, STRING>,"
                        + " `class_map` MAP<STRING, STRING>')";
        String boxes = "from_json(" + label + ", 'annotations ARRAY<STRUCT<class_id: STRING>>').annotations.class_id";
        String several = "from_json(" + label + ", 'ARRAY<STRING>')";
        return lines.withColumn("_metadata", expr(metadata))
                .withColumn("_names", expr("coalesce(_metadata.`class-map`, _metadata.`class_map`, map())"))
                .withColumn("_numbers", expr("coalesce(" + boxes + ", " + several + ")"))
                .withColumn(
                        "_labels",
                        expr("case when " + label + " is null then array() when _metadata.`class-name` is not null"
                                + " then array(_metadata.`class-name`) when _numbers is not null then"
                                + " transform(_numbers, number -> try_element_at(_names, number)) else array() end"))
                .withColumn(LABEL, explode(col("_labels")))
                .drop("_metadata", "_names", "_numbers", "_labels");
    }

    private void requireContract(Dataset<Row> rows) {
        Map<String, Long> broken = new TreeMap<>();
        long all = 0;
        for (Row row : rows.groupBy(REASON).agg(count(lit(1))).collectAsList()) {
            all += row.getLong(1);
            if (!row.isNullAt(0)) {
                broken.put(row.getString(0), row.getLong(1));
            }
        }
        long bad = broken.values().stream().mapToLong(Long::longValue).sum();
        if (Contract.beyond(bad, all, maxShare)) {
            throw new InputException(String.format(
                    Locale.ROOT,
                    "inputs.training: %,d of %,d labels or counts in %s break the contract (%s), more than"
                            + " rejects.max-share = %s; mend the data or the column mapping",
                    bad,
                    all,
                    input.place(),
                    broken.entrySet().stream()
                            .map(reason -> reason.getKey() + ": " + reason.getValue())
                            .collect(joining(", ")),
                    maxShare));
        }
    }

    // ---- counts

    private Dataset<Row> summed(Dataset<Row> counts) {
        return byConditions(counts).agg(sum(SAMPLES), sum(coalesce(col(BURSTS), col(SAMPLES))));
    }

    /** Numbers the bursts of each class and camera; a label without camera or time is one by itself. */
    private Dataset<Row> ofLabels(Dataset<Row> labels) {
        Column known = col(CAMERA_ID).isNotNull().and(col(CAPTURED_AT).isNotNull());
        WindowSpec inOrder = Window.partitionBy(USE_CASE, LABEL, CAMERA_ID).orderBy(CAPTURED_AT);
        Column gap = unix_micros(col(CAPTURED_AT))
                .minus(lag(unix_micros(col(CAPTURED_AT)), 1).over(inOrder));
        Column begins = coalesce(
                gap.gt(TimeUnit.NANOSECONDS.toMicros(settings.burstGap().toNanos())), lit(true));
        Dataset<Row> placed = labels.filter(known)
                .withColumn("begins", begins.cast("long"))
                .withColumn(BURST, struct(col(CAMERA_ID), sum("begins").over(inOrder)))
                .drop("begins");
        Dataset<Row> single = labels.filter(not(known))
                .withColumn(BURST, lit(null).cast(placed.schema().apply(BURST).dataType()));
        return byConditions(placed.unionByName(single))
                .agg(
                        count(lit(1)),
                        count_distinct(col(BURST)).plus(count(when(col(BURST).isNull(), lit(1)))));
    }

    /** Every row once for the class as a whole and once for each dimension. */
    private RelationalGroupedDataset byConditions(Dataset<Row> rows) {
        List<Column> conditions = new ArrayList<>();
        Column none = lit(null).cast("string");
        conditions.add(struct(none.as(DIMENSION), none.as(VALUE)));
        for (String dimension : dimensions()) {
            conditions.add(struct(
                    lit(dimension).as(DIMENSION),
                    col(TableDef.dimensionColumn(dimension)).as(VALUE)));
        }
        return rows.withColumn("condition", explode(array(conditions.toArray(Column[]::new))))
                .groupBy(
                        col(USE_CASE),
                        col(LABEL),
                        col("condition." + DIMENSION).as(DIMENSION),
                        col("condition." + VALUE).as(VALUE));
    }
}
