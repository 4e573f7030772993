package dev.winnow.candidates;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.ClassThresholds;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The day's cuts of every signal, by use case and class: from the confidence histograms of the day's cells. */
final class DayCuts {
    static final String LABEL = ExposureDaily.LABEL;
    static final String ALARM_THRESHOLD = "alarm_threshold";
    static final String BOUNDARY_BAND = "boundary_band";
    static final String LOW_BELOW = "low_below";
    static final String BOUNDARY = "boundary";
    static final String LOW = "low";
    static final String AUDIT_LIMIT = "audit_limit";
    static final String FRAMES = Candidates.FRAMES;

    /** Frames that the audit pool holds at least, so that a small budget still has a reserve. */
    private static final long MIN_AUDIT_POOL = 1_000;

    /** Boxes per image, by judgement, up to which the audit pool holds what it should where rows are boxes. */
    private static final long BOXES_PER_IMAGE = 10;

    /** Shape of the small table that the facts are joined with; never stored. */
    static final TableDef TABLE = TableDef.named("day_cuts", "Thresholds and cuts of one class")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(LABEL, StringType, "Predicted class, __NONE__ for frames without output")
            .required(ALARM_THRESHOLD, DoubleType, "Decision boundary")
            .required(BOUNDARY_BAND, DoubleType, "Half width of the band around it")
            .required(LOW_BELOW, DoubleType, "Confidence below which a prediction counts as unsure")
            .required(BOUNDARY + "_keep", DoubleType, "Score from which all rows are kept")
            .required(BOUNDARY + "_consider", DoubleType, "Score from which rows are kept by hash")
            .required(BOUNDARY + "_share", DoubleType, "Share kept by hash")
            .required(LOW + "_keep", DoubleType, "Score from which all rows are kept")
            .required(LOW + "_consider", DoubleType, "Score from which rows are kept by hash")
            .required(LOW + "_share", DoubleType, "Share kept by hash")
            .required(AUDIT_LIMIT, DoubleType, "Frames whose draw is below this are in the audit pool")
            .required(FRAMES, LongType, "Rows of the use case that day")
            .build();

    private DayCuts() {}

    /**
     * Computes the cuts.
     *
     * @param histograms use case to class to rows by confidence bin; {@code __NONE__} with the frames in element 0
     */
    static List<Row> of(Map<String, Map<String, long[]>> histograms, WinnowConfig config) {
        List<Row> cuts = new ArrayList<>();
        new TreeMap<>(histograms).forEach((useCase, labels) -> {
            UseCaseSettings settings = config.useCase(useCase);
            long wanted = (long) config.selection().poolFactor() * settings.budget();
            ScoreCut boundary = ScoreCut.of(bins(labels, settings, true), wanted);
            ScoreCut low = ScoreCut.of(bins(labels, settings, false), wanted);
            long frames = 0;
            for (long[] rows : labels.values()) {
                for (long n : rows) {
                    frames += n;
                }
            }
            // The audit, the fill after all signals, and a reserve for images that turn out to be missing.
            long pool = Math.max(MIN_AUDIT_POOL, 3L * settings.budget());
            if (config.inferences().rowPer() == RowPer.BOX) {
                pool *= BOXES_PER_IMAGE; // the draw is by image, and there are fewer of them than rows
            }
            double limit = frames == 0 ? 1 : Math.min(1, (double) pool / frames);
            for (String label : new TreeMap<>(labels).keySet()) {
                ClassThresholds t = settings.thresholds(label);
                cuts.add(RowFactory.create(
                        useCase,
                        label,
                        t.alarmThreshold(),
                        t.boundaryBand(),
                        t.lowConfidenceBelow(),
                        boundary.keep(),
                        boundary.consider(),
                        boundary.share(),
                        low.keep(),
                        low.consider(),
                        low.share(),
                        limit,
                        frames));
            }
        });
        return cuts;
    }

    private static List<ScoreCut.Bin> bins(Map<String, long[]> labels, UseCaseSettings settings, boolean boundary) {
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
                if (rows[i] > 0 && low < to && high > from) {
                    double a = Math.max(low, from);
                    double b = Math.min(high, to);
                    double atA = boundary ? boundaryScore(a, t) : 1 - a;
                    double atB = boundary ? boundaryScore(b, t) : 1 - b;
                    boolean peak = boundary && a <= t.alarmThreshold() && t.alarmThreshold() <= b;
                    // The edges of the band score 0 and are not eligible; a bin holds its lower edge, the last one
                    // both.
                    boolean below = i < rows.length - 1 ? high <= to : high < to;
                    boolean above = !boundary || low > from;
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
