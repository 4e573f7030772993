package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The calibrated probability that an alarm is wrong: {@link RiskModel} learned from the cells of a window and put to
 * alarms, which it reaches by small tables that are broadcast.
 */
final class ErrorRisk {
    /** Column of the risk, in [0, 1]; null without a confidence. */
    static final String RISK = "error_risk";

    /** Combinations of values and bins that the driver learns from, some 40 MB; of more, a share by hash. */
    static final int MAX_CELLS = 100_000;

    private static final String CURVE = "risk_curve";
    private static final String OFFSET = "risk_offset";
    private static final String EFFECT = "risk_effect";
    private static final String VALUE = "risk_value";
    private static final String BIN = "bin";
    private static final String ROWS = "rows";
    private static final String LOW = "low";
    private static final String HIGH = "high";
    private static final String LOW_RISK = "low_risk";
    private static final String HIGH_RISK = "high_risk";
    private static final String WHOLE = "whole";
    private static final String SCALE = "scale";

    private static final TableDef CURVES = TableDef.named("risk_curves", "Corrections of one class's confidence")
            .required(USE_CASE, StringType, "Use case")
            .required(ExposureDaily.LABEL, StringType, "Class")
            .required(CURVE, createArrayType(DoubleType, false), "Log-odds at the center of each bin")
            .build();

    private static final TableDef EFFECTS = TableDef.named("risk_values", "Effect of one value")
            .required(USE_CASE, StringType, "Use case")
            .required(VALUE, StringType, "Value")
            .required(EFFECT, DoubleType, "Log-odds")
            .build();

    private final TableStore tables;
    private final CameraTable cameras;
    private final List<String> frameDimensions;
    private final Map<String, RiskModel> models;

    /**
     * Puts what was learned to use.
     *
     * @param models by use case; those that are not there keep plain confidence
     */
    ErrorRisk(TableStore tables, CameraTable cameras, List<String> frameDimensions, Map<String, RiskModel> models) {
        this.tables = tables;
        this.cameras = cameras;
        this.frameDimensions = List.copyOf(frameDimensions);
        this.models = new TreeMap<>(models);
    }

    /**
     * Learns a model for every use case from its judged alarms, in two small sums over their cells.
     *
     * <p>Only judged alarms are read, so coverage may be small and uneven over the factors; see {@link RiskModel} for what
     * that takes. Where there are more than {@link #MAX_CELLS} combinations a share of them is drawn by hash, which has
     * nothing to do with their verdicts.
     *
     * @param verdicts of the window, shaped like {@link VerdictDaily} with {@code frameDimensions}, of use cases and event
     *     dates whose verdicts can stand for all
     */
    static ErrorRisk learn(
            Dataset<Row> verdicts, TableStore tables, CameraTable cameras, List<String> frameDimensions) {
        ErrorRisk nothing = new ErrorRisk(tables, cameras, frameDimensions, Map.of());
        Map<String, String> factors = nothing.factors();
        List<String> keys = new ArrayList<>(List.of(USE_CASE, VerdictDaily.LABEL, VerdictDaily.CONFIDENCE_BIN));
        keys.addAll(factors.values());
        Column[] columns = keys.stream().map(name -> col(name)).toArray(Column[]::new);
        Column wrong = col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED));
        Dataset<Row> cells = cameras.withStaticDimensions(verdicts.filter(col(VerdictDaily.LABEL)
                        .notEqual(Inferences.NO_LABEL)
                        .and(col(VerdictDaily.CONFIDENCE_BIN).isNotNull())))
                .groupBy(columns)
                .agg(
                        sum(wrong).as(VerdictDaily.FALSE_POSITIVES),
                        sum(col(VerdictDaily.CONFIRMED)).as(VerdictDaily.CONFIRMED))
                .filter(col(VerdictDaily.FALSE_POSITIVES)
                        .plus(col(VerdictDaily.CONFIRMED))
                        .gt(0));
        List<Row> rows = cells.limit(MAX_CELLS + 1).collectAsList();
        if (rows.size() > MAX_CELLS) {
            double share = (double) MAX_CELLS / cells.agg(count(lit(1))).first().getLong(0);
            rows = cells.filter(HashDraw.of("risk", columns).lt(share)).collectAsList();
        }
        Map<String, List<RiskModel.Judged>> judged = new TreeMap<>();
        rows.forEach(row ->
                judged.computeIfAbsent(row.getString(0), u -> new ArrayList<>()).add(judged(row, factors.size())));
        Map<String, RiskModel> models = new TreeMap<>();
        judged.forEach(
                (useCase, alarms) -> models.put(useCase, RiskModel.learn(List.copyOf(factors.keySet()), alarms)));
        return new ErrorRisk(tables, cameras, frameDimensions, models);
    }

    private static RiskModel.Judged judged(Row row, int factors) {
        List<String> values = IntStream.range(3, 3 + factors)
                .mapToObj(i -> row.isNullAt(i) ? Inferences.NULL_VALUE : row.getString(i))
                .toList();
        long wrong = row.getLong(3 + factors);
        long all = wrong + row.getLong(4 + factors);
        // Verdicts on days whose inferences changed may be short of one another for a while.
        return new RiskModel.Judged(row.getString(1), values, row.getInt(2), Math.max(0, Math.min(wrong, all)), all);
    }

    /** Factor to its column in cells and facts: what a frame has, then what a camera has. */
    private Map<String, String> factors() {
        Map<String, String> factors = ofFrames();
        factors.putAll(ofCameras());
        return factors;
    }

    private Map<String, String> ofFrames() {
        Map<String, String> factors = new LinkedHashMap<>();
        factors.put("model_version", MODEL_VERSION);
        frameDimensions.forEach(name -> factors.put(name, TableDef.dimensionColumn(name)));
        return factors;
    }

    private Map<String, String> ofCameras() {
        Map<String, String> factors = new LinkedHashMap<>();
        factors.put("site", SITE_ID);
        cameras.dimensions().forEach(name -> factors.put(name, TableDef.dimensionColumn(name)));
        factors.put("camera", CAMERA_ID);
        return factors;
    }

    /** What was learned, by use case. */
    Map<String, RiskModel> models() {
        return models;
    }

    /** Changes with what was learned. */
    String digest() {
        Digest digest = new Digest();
        models.forEach(
                (useCase, model) -> digest.add(useCase).add(model.effects().toString()));
        return digest.hex(12);
    }

    /** What a person wants to know: one sentence a use case. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        models.forEach((useCase, model) -> {
            List<RiskModel.Effect> labels = model.effects().stream()
                    .filter(effect -> effect.factor().equals(RiskModel.LABEL))
                    .toList();
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: error risk learned from %,d judged alarms; %,d of %,d classes have too few (below %d) and keep"
                            + " plain confidence",
                    useCase,
                    labels.stream().mapToLong(RiskModel.Effect::judged).sum(),
                    labels.size() - model.curves().size(),
                    labels.size(),
                    RiskModel.MIN_JUDGED));
        });
        return sentences;
    }

    /**
     * Adds the risk and the cut of its signal to alarms.
     *
     * @param alarms with use case, label as cells name it, confidence and all factors of frames, site and camera
     */
    Dataset<Row> scored(Dataset<Row> alarms, Scale scale) {
        Column keep = lit(ScoreCut.NOTHING.keep());
        Column consider = lit(ScoreCut.NOTHING.consider());
        Column share = lit(ScoreCut.NOTHING.share());
        for (Map.Entry<String, ScoreCut> cut : scale.cuts.entrySet()) {
            Column same = col(USE_CASE).equalTo(cut.getKey());
            keep = when(same, lit(cut.getValue().keep())).otherwise(keep);
            consider = when(same, lit(cut.getValue().consider())).otherwise(consider);
            share = when(same, lit(cut.getValue().share())).otherwise(share);
        }
        return withOffset(alarms, scale.byCamera)
                .withColumn(RISK, risk(col(CONFIDENCE)))
                .withColumn(DayCuts.keep(Candidates.ERROR_RISK), keep)
                .withColumn(DayCuts.consider(Candidates.ERROR_RISK), consider)
                .withColumn(DayCuts.share(Candidates.ERROR_RISK), share);
    }

    /**
     * What a day's cells tell before its facts are read.
     *
     * @param byCamera effects of all that belongs to a camera, together, of the cameras of the day
     * @param cuts use case to the cut of the signal
     * @param bySegment use case to segment to the alarms that count for it, by what their risk can be
     */
    record Scale(
            Dataset<Row> byCamera,
            Map<String, ScoreCut> cuts,
            Map<String, Map<String, List<ScoreCut.Bin>>> bySegment) {}

    /**
     * Steps of the risk that a day's cells are counted by; a power of two, so that their edges are exact.
     *
     * <p>Risks between two steps are a row on the driver: at most {@link #rows} for a use case and for each of its segments,
     * and {@link #MAX_ROWS} in all. Use cases come first, up to half of it.
     *
     * @param whole for use cases
     * @param segment for their segments
     */
    record Steps(int whole, int segment) {
        /** Rows that come to the driver at most, some 300 MB. */
        static final long MAX_ROWS = 1_000_000;

        private static final int MOST = 256;

        /** Returns the finest steps of numbers of use cases and of segments of all of them. */
        static Steps of(int useCases, int segments) {
            int whole = finest(MAX_ROWS / 2, useCases);
            return new Steps(whole, finest(MAX_ROWS - useCases * rows(whole), segments));
        }

        /** Rows that have a lower and a higher step, or the same one. */
        static long rows(int steps) {
            return (steps + 1L) * (steps + 2L) / 2;
        }

        private static int finest(long room, int groups) {
            int steps = MOST;
            while (steps > 1 && groups * rows(steps) > room) {
                steps /= 2;
            }
            return steps;
        }
    }

    /**
     * Reads the distribution of the risk off the cells of a day, so that the facts are read once.
     *
     * @param cells of the day, shaped like {@link ExposureDaily} with the dimensions of frames and
     *     {@link SegmentCuts#SEGMENT}
     * @param floor confidence from which an alarm counts, by use case; a bin that it divides is not sure to count
     * @param wanted rows that are wanted of a use case
     * @param steps for the use cases of the cells and their segments
     */
    Scale scale(Dataset<Row> cells, Column floor, ToLongFunction<String> wanted, Steps steps) {
        Dataset<Row> byCamera = byCamera(cells);
        Column whole = col(BIN).divide(ExposureDaily.BINS).geq(floor);
        Map<String, List<ScoreCut.Bin>> bins = new TreeMap<>();
        Map<String, Map<String, List<ScoreCut.Bin>>> bySegment = new TreeMap<>();
        List<String> kept = new ArrayList<>(List.of(cells.columns()));
        kept.remove(ExposureDaily.CONFIDENCE_HISTOGRAM);
        List<Column> columns = new ArrayList<>();
        kept.forEach(name -> columns.add(col(name)));
        columns.add(posexplode(col(ExposureDaily.CONFIDENCE_HISTOGRAM)).as(new String[] {BIN, ROWS}));
        withOffset(
                        cells.filter(col(ExposureDaily.LABEL).notEqual(Inferences.NO_LABEL))
                                .select(columns.toArray(Column[]::new))
                                .filter(col(ROWS).gt(0))
                                .filter(col(BIN).plus(1)
                                        .divide(ExposureDaily.BINS)
                                        .gt(floor)),
                        byCamera)
                .select(
                        col(USE_CASE),
                        col(SegmentCuts.SEGMENT),
                        risk(col(BIN).plus(1).divide(ExposureDaily.BINS)).as(LOW_RISK),
                        risk(col(BIN).divide(ExposureDaily.BINS)).as(HIGH_RISK),
                        col(ROWS),
                        when(whole, col(ROWS)).otherwise(0L).as(WHOLE))
                // An alarm of a segment counts for its use case, too.
                .select(
                        col(USE_CASE),
                        col(ROWS),
                        col(WHOLE),
                        explode(array(
                                        stepped(lit(null).cast("string"), steps.whole),
                                        when(
                                                col(SegmentCuts.SEGMENT).isNotNull(),
                                                stepped(col(SegmentCuts.SEGMENT), steps.segment))))
                                .as(SCALE))
                .filter(col(SCALE).isNotNull())
                .groupBy(col(USE_CASE), col(SCALE))
                .agg(sum(ROWS).as(ROWS), sum(WHOLE).as(WHOLE))
                .select(col(USE_CASE), col(SCALE + ".*"), col(ROWS), col(WHOLE))
                .sort(USE_CASE, SegmentCuts.SEGMENT, LOW, HIGH)
                .collectAsList()
                .forEach(row -> {
                    boolean ofUseCase = row.isNullAt(1);
                    List<ScoreCut.Bin> same = ofUseCase
                            ? bins.computeIfAbsent(row.getString(0), u -> new ArrayList<>())
                            : bySegment
                                    .computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                                    .computeIfAbsent(row.getString(1), s -> new ArrayList<>());
                    double of = ofUseCase ? steps.whole : steps.segment;
                    long sure = row.getLong(5);
                    long unsure = row.getLong(4) - sure;
                    if (unsure > 0) {
                        same.add(new ScoreCut.Bin(row.getLong(2) / of, row.getLong(3) / of, unsure, false));
                    }
                    if (sure > 0) {
                        same.add(new ScoreCut.Bin(row.getLong(2) / of, row.getLong(3) / of, sure, true));
                    }
                });
        Map<String, ScoreCut> cuts = new TreeMap<>();
        bins.forEach((useCase, ofUseCase) -> cuts.put(useCase, ScoreCut.of(ofUseCase, wanted.applyAsLong(useCase))));
        return new Scale(byCamera, cuts, bySegment);
    }

    /** The steps of a risk, of a segment or, where it is null, of its use case. */
    private static Column stepped(Column segment, int steps) {
        return struct(
                segment.as(SegmentCuts.SEGMENT),
                floor(col(LOW_RISK).multiply(steps)).as(LOW),
                ceil(col(HIGH_RISK).multiply(steps)).as(HIGH));
    }

    private Dataset<Row> byCamera(Dataset<Row> cells) {
        Dataset<Row> known = cameras.withStaticDimensions(
                cells.select(USE_CASE, SITE_ID, CAMERA_ID).distinct());
        return withEffects(known, ofCameras()).select(USE_CASE, SITE_ID, CAMERA_ID, OFFSET);
    }

    private Dataset<Row> withOffset(Dataset<Row> rows, Dataset<Row> byCamera) {
        String ofCamera = OFFSET + "_of_camera";
        Dataset<Row> curves = tables.frame(
                CURVES,
                models.entrySet().stream()
                        .flatMap(model -> model.getValue().curves().entrySet().stream()
                                .map(curve -> RowFactory.create(
                                        model.getKey(),
                                        curve.getKey(),
                                        curve.getValue().toArray(Double[]::new))))
                        .toList());
        return withEffects(rows, ofFrames())
                .join(
                        broadcast(byCamera.withColumnRenamed(OFFSET, ofCamera)),
                        new String[] {USE_CASE, SITE_ID, CAMERA_ID},
                        "left")
                .join(broadcast(curves), new String[] {USE_CASE, ExposureDaily.LABEL}, "left")
                .withColumn(OFFSET, col(OFFSET).plus(coalesce(col(ofCamera), lit(0.0))))
                .drop(ofCamera);
    }

    /** Adds the sum of the effects of some factors; a value that nothing is known of adds 0. */
    private Dataset<Row> withEffects(Dataset<Row> rows, Map<String, String> factors) {
        Dataset<Row> joined = rows;
        Column offset = lit(0.0);
        List<String> added = new ArrayList<>();
        for (Map.Entry<String, String> factor : factors.entrySet()) {
            List<Row> effects = effects(factor.getKey());
            if (effects.isEmpty()) {
                continue;
            }
            String column = EFFECT + "_" + added.size();
            joined = joined.join(
                    broadcast(tables.frame(EFFECTS, effects)
                            .withColumnRenamed(VALUE, factor.getValue())
                            .withColumnRenamed(EFFECT, column)),
                    new String[] {USE_CASE, factor.getValue()},
                    "left");
            offset = offset.plus(coalesce(col(column), lit(0.0)));
            added.add(column);
        }
        return joined.withColumn(OFFSET, offset).drop(added.toArray(String[]::new));
    }

    private List<Row> effects(String factor) {
        List<Row> rows = new ArrayList<>();
        models.forEach((useCase, model) -> model.effects().stream()
                .filter(effect -> effect.factor().equals(factor) && effect.logOdds() != null)
                .forEach(effect -> rows.add(RowFactory.create(useCase, effect.value(), effect.logOdds()))));
        return rows;
    }

    /** Risk at a confidence; needs the columns of {@link #withOffset}. */
    private static Column risk(Column confidence) {
        int bins = ExposureDaily.BINS;
        Column inside = least(greatest(confidence, lit(RiskModel.EDGE)), lit(1 - RiskModel.EDGE));
        Column plain = log(lit(1.0).minus(inside).divide(inside));
        Column centers = array(IntStream.range(0, bins)
                .mapToObj(bin -> lit(RiskModel.plain(RiskModel.center(bin))))
                .toArray(Column[]::new));
        // The two centers next to it; beyond the first and the last the correction stays as it is there.
        Column before = least(greatest(floor(inside.multiply(bins).minus(0.5)), lit(0L)), lit(bins - 2L))
                .cast("int");
        Column from = get(centers, before);
        Column place = plain.minus(from).divide(get(centers, before.plus(1)).minus(from));
        Column part = least(greatest(place, lit(0.0)), lit(1.0));
        Column start = get(col(CURVE), before);
        Column correction =
                start.plus(part.multiply(get(col(CURVE), before.plus(1)).minus(start)));
        Column odds = plain.plus(correction).plus(col(OFFSET));
        Column calibrated = lit(1.0).divide(lit(1.0).plus(exp(negate(odds))));
        return when(
                confidence.isNotNull(),
                when(col(CURVE).isNull(), lit(1.0).minus(confidence)).otherwise(calibrated));
    }
}
