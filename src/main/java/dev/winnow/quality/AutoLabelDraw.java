package dev.winnow.quality;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.QualitySettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabelTotals.Alarms;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Draws the alarms of a day that want a label, and labels those that need no people. */
final class AutoLabelDraw {
    private static final int MAX_SEGMENTS = 1_000;
    private static final String ABOVE = "is_above";
    private static final String HELD = "is_held_back";
    private static final String COVERED = "is_covered_";
    private static final String DIMENSION = "dimension";
    private static final String VALUE = "value";

    private static final TableDef ISSUED = TableDef.named("issued_classes", "A class that is labeled without people")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(AutoLabels.THRESHOLD, DataTypes.DoubleType, "Proven threshold")
            .required(AutoLabels.BOUND, DataTypes.DoubleType, "Upper bound of the share that is wrong")
            .build();

    private static final TableDef SEEN = TableDef.named(
                    "seen_values", "A value that audits of a class have seen enough")
            .required(AutoLabels.USE_CASE, DataTypes.StringType, "Use case")
            .required(AutoLabels.MODEL_VERSION, DataTypes.StringType, "Model version")
            .required(AutoLabels.LABEL, DataTypes.StringType, "Class")
            .required(DIMENSION, DataTypes.StringType, "Dimension")
            .required(VALUE, DataTypes.StringType, "Value of it")
            .build();

    private final WinnowConfig config;
    private final QualitySettings.AutoLabels settings;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final List<String> dimensions;
    private final TableStore tables;

    AutoLabelDraw(
            WinnowConfig config,
            InferenceLog inferences,
            CameraTable cameras,
            List<String> dimensions,
            TableStore tables) {
        this.config = config;
        this.settings = config.quality().autoLabels();
        this.inferences = inferences;
        this.cameras = cameras;
        this.dimensions = List.copyOf(dimensions);
        this.tables = tables;
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(AutoLabels.PIPELINE).equalTo(config.pipeline()));
    }

    /**
     * The alarms of the day that want a label, with whether they are above their threshold and whether that is held back.
     *
     * @param issuedClasses use case, model version, class, proven threshold and bound of those that are labeled
     * @param seenValues use case, model version, class, dimension and value of what audits have seen enough
     * @throws dev.winnow.ports.ServiceException if nobody knows yet what the day's audit draws
     */
    Dataset<Row> alarms(LocalDate day, List<Row> issuedClasses, List<Row> seenValues) {
        Dataset<Row> issued = tables.frame(ISSUED, issuedClasses);
        Dataset<Row> seen = tables.frame(SEEN, seenValues);
        WorstSegments elevated = elevated(day);
        String salt = "auto-labels|" + config.selection().salt() + "|" + day;
        Dataset<Row> rows = inferences
                .accepted(List.of(day))
                .filter(col(Inferences.PREDICTED_LABEL)
                        .isNotNull()
                        .and(HashDraw.of(salt, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                                .lt(settings.share())))
                .transform(cameras::withStaticDimensions)
                .join(
                        broadcast(AuditedImages.of(tables, config.pipeline(), day)),
                        new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI},
                        "left_anti")
                .withColumnRenamed(Inferences.PREDICTED_LABEL, AutoLabels.LABEL)
                .withColumn(
                        HELD,
                        elevated.isEmpty()
                                ? lit(false)
                                : elevated.first(col(AutoLabels.LABEL), dimensions)
                                        .isNotNull())
                .join(broadcast(issued), ClassKey.COLUMNS, "left");
        for (String dimension : settings.dimensions()) {
            String value = TableDef.dimensionColumn(dimension);
            Dataset<Row> values = seen.filter(col(DIMENSION).equalTo(dimension))
                    .drop(DIMENSION)
                    .withColumnRenamed(VALUE, value)
                    .withColumn(COVERED + dimension, lit(true));
            String[] by = {ClassKey.COLUMNS[0], ClassKey.COLUMNS[1], ClassKey.COLUMNS[2], value};
            rows = rows.join(broadcast(values), by, "left")
                    .withColumn(HELD, col(HELD).or(col(COVERED + dimension).isNull()));
        }
        return rows.withColumn(ABOVE, coalesce(col(Inferences.CONFIDENCE).geq(col(AutoLabels.THRESHOLD)), lit(false)))
                .select(
                        col(AutoLabels.USE_CASE),
                        col(AutoLabels.MODEL_VERSION),
                        col(AutoLabels.LABEL),
                        Candidates.item(col(AutoLabels.USE_CASE), col(Inferences.IMAGE_URI), col(AutoLabels.LABEL))
                                .as(AutoLabels.ITEM_ID),
                        col(Inferences.INFERENCE_ID),
                        col(Inferences.IMAGE_URI),
                        col(Inferences.CAPTURED_AT),
                        col(Inferences.SITE_ID),
                        col(Inferences.CAMERA_ID),
                        col(Inferences.CONFIDENCE),
                        col(AutoLabels.THRESHOLD),
                        col(AutoLabels.BOUND),
                        col(ABOVE),
                        col(HELD));
    }

    /** The elevated and suspected segments of the last findings up to the day, worst first. */
    private WorstSegments elevated(LocalDate day) {
        Dataset<Row> findings = stored(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.RUN_DATE).leq(lit(day)));
        LocalDate last =
                findings.agg(max(col(SegmentFindings.RUN_DATE))).first().getAs(0);
        if (last == null) {
            return WorstSegments.of(List.of());
        }
        return WorstSegments.of(findings.filter(col(SegmentFindings.RUN_DATE)
                        .equalTo(lit(last))
                        .and(col(SegmentFindings.STATUS).isNotNull()))
                .sort(SegmentFindings.RANK, SegmentFindings.USE_CASE, SegmentFindings.SEGMENT)
                .limit(MAX_SEGMENTS)
                .select(SegmentFindings.conjunction())
                .collectAsList());
    }

    /** Counts the alarms that {@link #alarms} returned. */
    static SortedMap<ClassKey, Alarms> counts(Dataset<Row> drawn) {
        SortedMap<ClassKey, Alarms> alarms = new TreeMap<>();
        AutoLabelsJob.collect(
                        drawn.groupBy(ClassKey.columns())
                                .agg(
                                        count(lit(1)).as(AutoLabelDays.WANTED),
                                        count_if(col(ABOVE).and(not(col(HELD)))).as(AutoLabelDays.ISSUED_LABELS),
                                        count_if(col(ABOVE).and(col(HELD))).as(AutoLabelDays.HELD_BACK)),
                        "classes")
                .forEach(row -> alarms.put(
                        ClassKey.of(row),
                        new Alarms(
                                row.<Long>getAs(AutoLabelDays.WANTED),
                                row.<Long>getAs(AutoLabelDays.ISSUED_LABELS),
                                row.<Long>getAs(AutoLabelDays.HELD_BACK))));
        return alarms;
    }

    /** Rows of {@link AutoLabels} among the alarms that {@link #alarms} returned. */
    Dataset<Row> labels(LocalDate day, Dataset<Row> drawn) {
        return drawn.filter(col(ABOVE).and(not(col(HELD))))
                .withColumn(AutoLabels.PIPELINE, lit(config.pipeline()))
                .withColumn(AutoLabels.RUN_DATE, lit(day))
                .withColumn(AutoLabels.INCLUSION_PROBABILITY, lit(settings.share()))
                .withColumn(AutoLabels.STATUS, lit(AutoLabels.ISSUED))
                .select(AutoLabels.TABLE.columns().stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }
}
