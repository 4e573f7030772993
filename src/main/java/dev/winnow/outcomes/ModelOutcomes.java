package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;

import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.outcomes.SegmentEffect.Verdict;
import dev.winnow.segments.SegmentChanges;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The newest model version of each use case against the one before it, as the stage upstream compared them. */
final class ModelOutcomes {
    private static final String MODEL_VERSIONS = "MODEL_VERSION";

    private ModelOutcomes() {}

    /**
     * Takes over the newest comparison of each use case as a whole.
     *
     * @param changes of the pipeline on the run dates that matter, shaped like {@link SegmentChanges}
     * @param training which rounds trained which version, in order
     * @return rows shaped like {@link RoundOutcomes}, by use case
     */
    static List<Row> of(Dataset<Row> changes, List<Trained> training, String pipeline, LocalDate day, String runId) {
        Dataset<Row> wholes = changes.filter(col(SegmentChanges.COMPARISON)
                .equalTo(lit(MODEL_VERSIONS))
                .and(size(col(SegmentChanges.DIMENSIONS)).equalTo(0))
                .and(col(SegmentChanges.MEASURE).isNotNull()));
        Dataset<Row> newest = wholes.groupBy(SegmentChanges.USE_CASE)
                .agg(max(SegmentChanges.RUN_DATE).as(SegmentChanges.RUN_DATE));
        List<Row> rows = new ArrayList<>();
        for (Row row : wholes.join(newest, new String[] {SegmentChanges.USE_CASE, SegmentChanges.RUN_DATE})
                .sort(SegmentChanges.USE_CASE)
                .collectAsList()) {
            rows.add(row(row, training, pipeline, day, runId));
        }
        return rows;
    }

    private static Row row(Row change, List<Trained> training, String pipeline, LocalDate day, String runId) {
        String version = change.getAs(SegmentChanges.VERSION_NOW);
        List<Trained> trained = training.stream()
                .filter(one -> one.modelVersion().equals(version))
                .toList();
        String measure = change.getAs(SegmentChanges.MEASURE);
        boolean marks = measure.equals("MARKS");
        Verdict verdict = trained.isEmpty() ? Verdict.UNATTRIBUTED : verdict(change.getAs(SegmentChanges.STATUS));
        return RowFactory.create(
                pipeline,
                day,
                runId,
                change.getAs(SegmentChanges.USE_CASE),
                RoundOutcomes.MODEL,
                version,
                version,
                verdict.name(),
                measure,
                trained.stream().map(Trained::round).distinct().sorted().toArray(String[]::new),
                null,
                trained.isEmpty() ? null : trained.get(0).trainedAt(),
                change.getAs(SegmentChanges.VERSION_BEFORE),
                change.getAs(SegmentChanges.BEFORE_FROM),
                change.getAs(SegmentChanges.NOW_FROM),
                change.getAs(SegmentChanges.NOW_TO),
                change.getAs(marks ? SegmentChanges.ALARMS_BEFORE : SegmentChanges.JUDGED_BEFORE),
                change.getAs(SegmentChanges.WRONG_BEFORE),
                null,
                change.getAs(SegmentChanges.RATE_BEFORE),
                null,
                change.getAs(marks ? SegmentChanges.ALARMS_NOW : SegmentChanges.JUDGED_NOW),
                change.getAs(SegmentChanges.WRONG_NOW),
                null,
                change.getAs(SegmentChanges.RATE_NOW),
                change.getAs(SegmentChanges.DIFFERENCE),
                change.getAs(SegmentChanges.DIFFERENCE_LOW),
                change.getAs(SegmentChanges.DIFFERENCE_HIGH),
                null,
                null,
                null,
                null,
                null,
                change.getAs(SegmentChanges.P_VALUE),
                change.getAs(SegmentChanges.Q_VALUE),
                null,
                change.getAs(SegmentChanges.SENTENCE) + ": " + verdict.ofVersion());
    }

    private static Verdict verdict(@Nullable String status) {
        if (status == null) {
            return Verdict.INCONCLUSIVE;
        }
        return status.equals("BETTER") ? Verdict.IMPROVED : Verdict.WORSE;
    }
}
