package dev.winnow.analysis;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.stats.ClusterSums;
import dev.winnow.tables.ClusterColumns;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Sums cells to the errors of classes, by camera first, since squares of cameras do not add up over cells.
 *
 * <p>An error is charged to the class that the model named, a miss to the class that was missed. All sums are whole
 * numbers.
 */
final class ErrorSums {
    private static final String DIMENSION = "dimension";
    private static final String VALUE = "value";
    private static final String ALARMS = "alarms";
    private static final String WRONG = "wrong";
    private static final String CONFIRMED = "confirmed";
    private static final String MISSED = "missed";
    private static final String GROUP = "compared";
    private static final String X = "x";
    private static final String N = "n";
    private static final String ALL_X = "all_x";
    private static final String ALL_N = "all_n";
    private static final List<String> COUNTS = List.of(ALARMS, WRONG, CONFIRMED, MISSED);
    private static final List<Column> CLUSTERS = ClusterColumns.of(col(X), col(N));

    private static final String NAME = "name";
    private static final String KNOWN = "known";

    /** What labels are called. */
    static final TableDef NAMES = TableDef.named("class_names", "The class or word that one label means")
            .required(USE_CASE, StringType, "Use case")
            .required(LABEL, StringType, "Label of cells")
            .required(NAME, StringType, "Class, or word that is none")
            .required(KNOWN, BooleanType, "Whether it is a class of the model")
            .build();

    private ErrorSums() {}

    /**
     * Errors of the classes of one use case.
     *
     * @param classes as a whole and under conditions, sorted by class and condition
     * @param all all classes together, by camera
     * @param byAlarms whether trials are all alarms and misses, because too few are confirmed for judged ones to stand for
     *     all
     */
    record OfUseCase(List<ClassErrors> classes, ClusterSums all, boolean byAlarms) {}

    /**
     * Puts exposure and verdicts under each other and sums them to class, condition and camera: one shuffle.
     *
     * @param exposure shaped like {@link dev.winnow.segments.ExposureDaily}
     * @param verdicts shaped like {@link VerdictDaily}
     * @param dimensions names of dimensions that both carry
     * @return {@code use_case, label, dimension, value, camera_id} and counts; dimension and value are null for the class
     *     as a whole
     */
    static Dataset<Row> byCamera(Dataset<Row> exposure, Dataset<Row> verdicts, Collection<String> dimensions) {
        List<Column> conditions = new ArrayList<>();
        Column none = lit(null).cast("string");
        conditions.add(struct(none.as(DIMENSION), none.as(VALUE)));
        for (String dimension : dimensions) {
            conditions.add(struct(
                    lit(dimension).as(DIMENSION),
                    coalesce(col(TableDef.dimensionColumn(dimension)), lit(Inferences.NULL_VALUE))
                            .as(VALUE)));
        }
        Column zero = lit(0L);
        Column wrong = col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED));
        Dataset<Row> shown =
                counts(exposure, conditions, Map.of(ALARMS, col(SHOWN), WRONG, zero, CONFIRMED, zero, MISSED, zero));
        Dataset<Row> judged = counts(
                verdicts,
                conditions,
                Map.of(
                        ALARMS,
                        zero,
                        WRONG,
                        wrong,
                        CONFIRMED,
                        col(VerdictDaily.CONFIRMED),
                        MISSED,
                        col(VerdictDaily.MISSED)));
        return shown.unionByName(judged)
                .withColumn("condition", explode(col("condition")))
                .select(col("*"), col("condition." + DIMENSION), col("condition." + VALUE))
                // A miss without a frame has no conditions: nobody could go and collect unknown ones.
                .filter(coalesce(not(col(VALUE).isin(Inferences.UNKNOWN_VALUE, Inferences.NULL_VALUE)), lit(true)))
                .groupBy(USE_CASE, LABEL, DIMENSION, VALUE, CAMERA_ID)
                .agg(
                        sum(ALARMS).as(ALARMS),
                        // A verdict and what it takes back may lie on two sides of a day that was not built.
                        greatest(sum(WRONG), zero).as(WRONG),
                        greatest(sum(CONFIRMED), zero).as(CONFIRMED),
                        greatest(sum(MISSED), zero).as(MISSED));
    }

    private static Dataset<Row> counts(Dataset<Row> cells, List<Column> conditions, Map<String, Column> counts) {
        List<Column> columns = new ArrayList<>(List.of(
                col(USE_CASE),
                col(LABEL),
                col(CAMERA_ID),
                array(conditions.toArray(Column[]::new)).as("condition")));
        COUNTS.forEach(name ->
                columns.add(Objects.requireNonNull(counts.get(name), name).as(name)));
        return cells.filter(not(col(LABEL).isin(Inferences.NO_LABEL, Inferences.UNKNOWN_VALUE)))
                .select(columns.toArray(Column[]::new));
    }

    /** How many values each dimension has: {@code dimension} to their number. */
    static Map<String, Long> values(Dataset<Row> byCamera) {
        Map<String, Long> values = new TreeMap<>();
        for (Row row : byCamera.filter(col(DIMENSION).isNotNull())
                .select(DIMENSION, VALUE)
                .distinct()
                .groupBy(DIMENSION)
                .agg(count(lit(1)))
                .collectAsList()) {
            values.put(row.getString(0), row.getLong(1));
        }
        return values;
    }

    /**
     * Labels of alarms and of misses, those with most misses first; further ones than {@code most} are left out, because
     * misses are named in free text.
     *
     * @return by use case, label to whether any alarm names it
     */
    static Map<String, Map<String, Boolean>> labels(Dataset<Row> byCamera, int most) {
        Map<String, Map<String, Boolean>> labels = new TreeMap<>();
        byCamera.filter(col(DIMENSION).isNull())
                .groupBy(USE_CASE, LABEL)
                .agg(sum(ALARMS).gt(0).as(ALARMS), sum(MISSED).as(MISSED))
                .sort(col(ALARMS).desc(), col(MISSED).desc(), col(USE_CASE), col(LABEL))
                .limit(most)
                .collectAsList()
                .forEach(row -> labels.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                        .put(row.getString(1), row.getBoolean(2)));
        return labels;
    }

    /** Leaves dimensions out. */
    static Dataset<Row> without(Dataset<Row> byCamera, Collection<String> dimensions) {
        return byCamera.filter(col(DIMENSION).isNull().or(not(col(DIMENSION).isin(dimensions.toArray()))));
    }

    /**
     * Sums cameras to classes.
     *
     * @param byCamera from {@link #byCamera}; read three times
     * @param names shaped like {@link #NAMES}; labels that it does not hold count among all errors alone
     * @param byAlarms use case to whether its trials are all alarms and misses; others are left out
     * @param most classes and values of dimensions that the driver takes
     * @return by use case
     * @throws IllegalArgumentException if there are more
     */
    static Map<String, OfUseCase> of(
            Dataset<Row> byCamera, Dataset<Row> names, Map<String, Boolean> byAlarms, int most) {
        Map<String, ClusterSums> all = all(trials(byCamera.withColumn(KNOWN, lit(true)), byAlarms));
        Dataset<Row> trials = trials(named(byCamera, names), byAlarms);
        // First what is limited: there are no more wholes than parts.
        List<Row> rows = parts(trials).limit(most + 1).collectAsList();
        if (rows.size() > most) {
            throw new IllegalArgumentException("more than " + most + " classes and values of dimensions");
        }
        Map<List<String>, ClusterSums> wholes = wholes(trials);
        Map<String, List<ClassErrors>> classes = new TreeMap<>();
        for (Row row : rows) {
            ClassErrors errors = errors(row, wholes);
            classes.computeIfAbsent(row.getAs(USE_CASE), u -> new ArrayList<>()).add(errors);
        }
        Map<String, OfUseCase> found = new TreeMap<>();
        classes.forEach((useCase, errors) -> {
            errors.sort(Comparator.comparing(ClassErrors::at, ClassAt.ORDER));
            found.put(
                    useCase,
                    new OfUseCase(
                            List.copyOf(errors),
                            all.getOrDefault(useCase, ClusterSums.EMPTY),
                            Objects.requireNonNull(byAlarms.get(useCase))));
        });
        return found;
    }

    /** Puts labels of one class together; words that are no class are looked at as a whole only. */
    private static Dataset<Row> named(Dataset<Row> byCamera, Dataset<Row> names) {
        return byCamera.join(broadcast(names), new String[] {USE_CASE, LABEL})
                .filter(col(KNOWN).or(col(DIMENSION).isNull()))
                .groupBy(col(USE_CASE), col(NAME).as(LABEL), col(KNOWN), col(DIMENSION), col(VALUE), col(CAMERA_ID))
                .agg(
                        sum(ALARMS).as(ALARMS),
                        sum(WRONG).as(WRONG),
                        sum(CONFIRMED).as(CONFIRMED),
                        sum(MISSED).as(MISSED));
    }

    /** All errors of a use case, those of words that are no class too. */
    private static Map<String, ClusterSums> all(Dataset<Row> trials) {
        Map<String, ClusterSums> all = new HashMap<>();
        for (Row row : trials.filter(col(DIMENSION).equalTo(""))
                .groupBy(USE_CASE, CAMERA_ID)
                .agg(sum(X).as(X), sum(N).as(N))
                .filter(col(N).gt(0))
                .groupBy(USE_CASE)
                .agg(CLUSTERS.get(0), CLUSTERS.subList(1, CLUSTERS.size()).toArray(Column[]::new))
                .collectAsList()) {
            all.put(row.getString(0), ClusterColumns.read(row, 1));
        }
        return all;
    }

    /**
     * Adds errors and trials, and among what a row is compared: classes with each other, values within a class, and a
     * word that is no class with nothing, as it has misses only.
     */
    private static Dataset<Row> trials(Dataset<Row> byCamera, Map<String, Boolean> byAlarms) {
        Object[] marks = byAlarms.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toArray();
        Column errors = col(WRONG).plus(col(MISSED));
        Column all = when(col(USE_CASE).isin(marks), greatest(col(ALARMS).plus(col(MISSED)), errors))
                .otherwise(errors.plus(col(CONFIRMED)));
        return byCamera.filter(col(USE_CASE).isin(byAlarms.keySet().toArray()))
                .withColumn(X, errors)
                .withColumn(N, all)
                .withColumn(
                        GROUP,
                        when(col(DIMENSION).isNull().and(col(KNOWN)), lit("")).otherwise(col(LABEL)))
                .withColumn(DIMENSION, coalesce(col(DIMENSION), lit("")))
                .withColumn(VALUE, coalesce(col(VALUE), lit("")));
    }

    private static Map<List<String>, ClusterSums> wholes(Dataset<Row> trials) {
        Map<List<String>, ClusterSums> wholes = new HashMap<>();
        for (Row row : trials.groupBy(USE_CASE, DIMENSION, GROUP, CAMERA_ID)
                .agg(sum(X).as(X), sum(N).as(N))
                .filter(col(N).gt(0))
                .groupBy(USE_CASE, DIMENSION, GROUP)
                .agg(CLUSTERS.get(0), CLUSTERS.subList(1, CLUSTERS.size()).toArray(Column[]::new))
                .collectAsList()) {
            wholes.put(List.of(row.getString(0), row.getString(1), row.getString(2)), ClusterColumns.read(row, 3));
        }
        return wholes;
    }

    private static Dataset<Row> parts(Dataset<Row> trials) {
        WindowSpec camera = Window.partitionBy(USE_CASE, DIMENSION, GROUP, CAMERA_ID);
        List<Column> sums = new ArrayList<>();
        COUNTS.forEach(name -> sums.add(sum(name)));
        sums.addAll(CLUSTERS);
        sums.add(count(when(col(N).gt(0).and(col(N).equalTo(col(ALL_N))), lit(1))));
        sums.add(product(X, ALL_X));
        sums.add(sum(col(X).multiply(col(ALL_N)).plus(col(N).multiply(col(ALL_X)))));
        sums.add(product(N, ALL_N));
        return trials.withColumn(ALL_X, sum(X).over(camera))
                .withColumn(ALL_N, sum(N).over(camera))
                .groupBy(USE_CASE, LABEL, DIMENSION, VALUE, GROUP)
                .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new));
    }

    private static Column product(String left, String right) {
        return sum(col(left).multiply(col(right)));
    }

    private static ClassErrors errors(Row row, Map<List<String>, ClusterSums> wholes) {
        ClusterSums own = ClusterColumns.read(row, 9);
        ClusterSums whole =
                wholes.getOrDefault(List.of(row.getString(0), row.getString(2), row.getString(4)), ClusterSums.EMPTY);
        boolean asAWhole = row.getString(2).isEmpty();
        return new ClassErrors(
                asAWhole
                        ? ClassAt.whole(row.getString(1))
                        : new ClassAt(row.getString(1), row.getString(2), row.getString(3)),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                own,
                whole.outside(own, row.getLong(15), row.getLong(16), row.getLong(17), row.getLong(18)));
    }
}
