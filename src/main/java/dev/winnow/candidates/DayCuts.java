package dev.winnow.candidates;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.Uncertainty;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.ClassThresholds;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.stats.Allotment;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The day's cuts of every signal, by use case and class: from the confidence histograms of the day's cells. */
final class DayCuts {
    static final String LABEL = ExposureDaily.LABEL;
    static final String ALARM_THRESHOLD = "alarm_threshold";
    static final String BOUNDARY_BAND = "boundary_band";
    static final String LOW_BELOW = "low_below";
    static final String BOX_FLOOR = "box_floor";
    static final String RARE_SHARE = "rare_share";
    static final String AUDIT_LIMIT = "audit_limit";
    static final String FRAMES = Candidates.FRAMES;

    /** Frames that the audit pool holds at least, so that a small budget still has a reserve. */
    private static final long MIN_AUDIT_POOL = 1_000;

    /** Rows per image, by judgement, up to which the audit pool holds what it should where rows share images. */
    private static final long ROWS_PER_IMAGE = 10;

    /** Shape of the small table that the facts are joined with; never stored. */
    static final TableDef TABLE = table();

    private DayCuts() {}

    /** Score of a signal from which all rows are kept. */
    static String keep(String signal) {
        return column(signal, "keep");
    }

    /** Score of a signal from which rows are kept by hash. */
    static String consider(String signal) {
        return column(signal, "consider");
    }

    /** Share of these, fraction. */
    static String share(String signal) {
        return column(signal, "share");
    }

    private static String column(String signal, String value) {
        return signal.toLowerCase(Locale.ROOT) + "_" + value;
    }

    private static TableDef table() {
        TableDef.Builder table = TableDef.named("day_cuts", "Thresholds and cuts of one class")
                .required(Inferences.USE_CASE, StringType, "Use case")
                .required(LABEL, StringType, "Predicted class, __NONE__ for frames without output")
                .required(ALARM_THRESHOLD, DoubleType, "Decision boundary")
                .required(BOUNDARY_BAND, DoubleType, "Half width of the band around it")
                .required(LOW_BELOW, DoubleType, "Confidence below which a prediction counts as unsure")
                .optional(BOX_FLOOR, DoubleType, "Confidence below which a box does not count; null: all count")
                .optional(
                        RARE_SHARE,
                        DoubleType,
                        "Share of its alarms kept by hash as of a rare class; null if it is none");
        for (String signal : Candidates.BY_CONFIDENCE) {
            table.required(keep(signal), DoubleType, "Score from which all rows are kept")
                    .required(consider(signal), DoubleType, "Score from which rows are kept by hash")
                    .required(share(signal), DoubleType, "Share kept by hash");
        }
        return table.required(AUDIT_LIMIT, DoubleType, "Frames whose draw is below this are in the audit pool")
                .optional(FRAMES, LongType, "Images of the use case that day; null where rows may share one")
                .build();
    }

    /** One row; values in declared order. */
    private static Row row(
            String useCase,
            String label,
            ClassThresholds thresholds,
            double lowBelow,
            double boxFloor,
            @Nullable Double rareShare,
            List<ScoreCut> cuts,
            double limit,
            @Nullable Long frames) {
        List<@Nullable Object> values = new ArrayList<>(
                List.of(useCase, label, thresholds.alarmThreshold(), thresholds.boundaryBand(), lowBelow, boxFloor));
        values.add(rareShare);
        cuts.forEach(cut -> values.addAll(List.of(cut.keep(), cut.consider(), cut.share())));
        values.add(limit);
        values.add(frames);
        return RowFactory.create(values.toArray());
    }

    /**
     * Computes the cuts.
     *
     * @param counted {@code __NONE__} with the frames in element 0
     * @param needs use case to rare class to how much it is needed, positive
     * @param doubts use case whose doubt is told by the scores of all classes to rows by doubt, see
     *     {@link ScoreVectors#histograms}
     */
    static List<Row> of(
            DayEvidence.Counted counted,
            Map<String, Map<String, Double>> needs,
            Map<String, List<ScoreCut.Bin>> doubts,
            WinnowConfig config) {
        List<Row> rows = new ArrayList<>();
        new TreeMap<>(counted.histograms()).forEach((useCase, labels) -> {
            UseCaseSettings settings = config.useCase(useCase);
            long wanted = Candidates.wanted(config, useCase);
            double floor = config.boxes(useCase).floor();
            boolean scored = settings.uncertainty() != Uncertainty.CONFIDENCE;
            List<ScoreCut> cuts = Candidates.BY_CONFIDENCE.stream()
                    .map(signal -> ScoreCut.of(
                            scored && signal.equals(Candidates.LOW_CONFIDENCE)
                                    ? doubts.getOrDefault(useCase, List.of())
                                    : bins(labels, settings, floor, signal),
                            Candidates.wantedRows(config, useCase)))
                    .toList();
            Map<String, Double> rare = rareShares(labels, needs.getOrDefault(useCase, Map.of()), wanted);
            boolean shared = sharesImages(config, useCase)
                    || counted.versions().getOrDefault(useCase, Map.of()).size() > 1;
            long allRows = rows(labels);
            Long frames = shared ? null : allRows;
            double limit = auditLimit(settings.budget(), allRows, shared);
            for (String label : new TreeMap<>(labels).keySet()) {
                ClassThresholds thresholds = settings.thresholds(label);
                // Where all scores are known, no limit of the confidence is asked for.
                double lowBelow = scored ? 0 : thresholds.lowConfidenceBelow();
                rows.add(row(useCase, label, thresholds, lowBelow, floor, rare.get(label), cuts, limit, frames));
            }
        });
        return rows;
    }

    /** Rows in all histograms of a use case. */
    static long rows(Map<String, long[]> labels) {
        return labels.values().stream().flatMapToLong(Arrays::stream).sum();
    }

    /** Boxes of one image are rows of their own, and a text may be said by many. So may an image by several versions. */
    private static boolean sharesImages(WinnowConfig config, String useCase) {
        return config.inferences().rowPer() == RowPer.BOX || config.labeling().subject(useCase) == Subject.TEXT;
    }

    private static double auditLimit(int budget, long rows, boolean shared) {
        // The audit, the fill after all signals, and a reserve for images that turn out to be missing.
        long pool = Math.max(MIN_AUDIT_POOL, 3L * budget);
        if (shared) {
            pool *= ROWS_PER_IMAGE; // the draw is by image, and there are fewer of them than rows
        }
        return rows == 0 ? 1 : Math.min(1, (double) pool / rows);
    }

    /** Splits the pool over the rare classes by need; what a class has too few alarms for goes to the others. */
    private static Map<String, Double> rareShares(Map<String, long[]> labels, Map<String, Double> needs, long wanted) {
        Map<String, Double> weights = new TreeMap<>();
        Map<String, Integer> limits = new TreeMap<>();
        needs.forEach((label, need) -> {
            long rows = Arrays.stream(labels.getOrDefault(label, new long[0])).sum();
            if (rows > 0) {
                weights.put(label, need);
                limits.put(label, (int) Math.min(rows, wanted));
            }
        });
        Map<String, Double> shares = new TreeMap<>();
        Allotment.withinLimits((int) Math.min(wanted, Integer.MAX_VALUE), weights, limits)
                .forEach((label, quota) -> {
                    long rows = Arrays.stream(Objects.requireNonNull(labels.get(label)))
                            .sum();
                    shares.put(label, ScoreCut.share(quota, rows));
                });
        return shares;
    }

    private static List<ScoreCut.Bin> bins(
            Map<String, long[]> labels, UseCaseSettings settings, double floor, String signal) {
        boolean boundary = signal.equals(Candidates.BOUNDARY);
        List<ScoreCut.Bin> bins = new ArrayList<>();
        labels.forEach((label, rows) -> {
            if (label.equals(Inferences.NO_LABEL)) {
                return;
            }
            ClassThresholds t = settings.thresholds(label);
            double from = boundary ? t.alarmThreshold() - t.boundaryBand() : 0;
            double to = boundary ? t.alarmThreshold() + t.boundaryBand() : t.lowConfidenceBelow();
            for (int i = 0; i < rows.length; i++) {
                double low = (double) i / ExposureDaily.BINS;
                double high = (double) (i + 1) / ExposureDaily.BINS;
                if (rows[i] > 0 && low < to && high > Math.max(from, floor)) {
                    double a = Math.max(Math.max(low, from), Math.min(floor, to));
                    double b = Math.min(high, to);
                    double atA = boundary ? boundaryScore(a, t) : 1 - a;
                    double atB = boundary ? boundaryScore(b, t) : 1 - b;
                    boolean peak = boundary && a <= t.alarmThreshold() && t.alarmThreshold() <= b;
                    // The edges of the band score 0 and are not eligible; a bin holds its lower edge, the last one
                    // both.
                    boolean below = i < rows.length - 1 ? high <= to : high < to;
                    boolean above = (!boundary || low > from) && low >= floor;
                    bins.add(new ScoreCut.Bin(
                            Math.max(0, Math.min(atA, atB)), peak ? 1 : Math.max(atA, atB), rows[i], above && below));
                }
            }
        });
        return bins;
    }

    private static double boundaryScore(double confidence, ClassThresholds t) {
        return 1 - Math.abs(confidence - t.alarmThreshold()) / t.boundaryBand();
    }
}
