package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/** Builds an arrival date of {@code verdict_daily}: feedback is counted, put to its inferences, and written as changes. */
final class VerdictBuild {
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final DayContract contract;
    private final TableStore tables;
    private final String pipeline;
    private final String version;

    VerdictBuild(
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            DayContract contract,
            TableStore tables,
            String pipeline,
            String version) {
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.contract = contract;
        this.tables = tables;
        this.pipeline = pipeline;
        this.version = version;
    }

    /**
     * Feedback that arrived on a day, counted and found good, with all that may be counted on that day; nothing of it is
     * written yet. Held in memory until closed.
     *
     * @param tooOld accepted feedback on images from before the horizon
     * @param relevant see {@link Verdicts#relevant}
     */
    record Arrived(
            LocalDate day,
            DayInput input,
            Map<String, Long> byReason,
            long read,
            long tooOld,
            Verdicts verdicts,
            Dataset<Row> relevant,
            Lookup lookup)
            implements AutoCloseable {
        long rejected() {
            return DayContract.total(byReason);
        }

        @Override
        public void close() {
            relevant.unpersist();
        }
    }

    /** What was written. */
    record Built(long cells, List<String> sentences) {}

    /** The oldest event date that feedback of an arrival date can speak of. */
    LocalDate firstEventDate(LocalDate arrival) {
        return verdicts(arrival).firstEventDate();
    }

    private Verdicts verdicts(LocalDate day) {
        return new Verdicts(
                day,
                feedback.settings().catchUpAges(),
                feedback.settings().nearestFrameSeconds(),
                inferences.dimensions());
    }

    /**
     * Counts the feedback of an arrival date and prepares to look for its inferences.
     *
     * @throws dev.winnow.tables.InputException if too many rows break the contract
     */
    Arrived prepare(LocalDate day) {
        Verdicts verdicts = verdicts(day);
        Map<String, Long> byReason = new TreeMap<>();
        long read = 0;
        long tooOld = 0;
        Column old = coalesce(col(EVENT_DATE).lt(lit(verdicts.firstEventDate())), lit(false));
        for (Row row : feedback.arrivedOn(List.of(day))
                .groupBy(col(REJECT_REASON), old)
                .agg(count(lit(1)))
                .collectAsList()) {
            read += row.getLong(2);
            if (!row.isNullAt(0)) {
                byReason.merge(row.getString(0), row.getLong(2), Long::sum);
            } else if (row.getBoolean(1)) {
                tooOld += row.getLong(2);
            }
        }
        contract.requireFewRejects("feedback", day, read, byReason, feedback::undated);
        // Looked at three times until what matters of it is held itself, which the lookup sees to.
        Dataset<Row> accepted = feedback.accepted(verdicts.feedbackDays()).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> relevant = verdicts.relevant(accepted).persist(StorageLevel.MEMORY_AND_DISK());
            try {
                return new Arrived(
                        day, feedback.day(day), byReason, read, tooOld, verdicts, relevant, verdicts.lookup(relevant));
            } catch (RuntimeException e) {
                relevant.unpersist();
                throw e;
            }
        } finally {
            accepted.unpersist();
        }
    }

    /**
     * Writes what the feedback changes, replacing what the arrival date had changed before.
     *
     * @param counted a day whose inferences were counted with this feedback's lookup, so that they need not be read
     *     again; null if there is none
     */
    Built write(Arrived arrived, ExposureBuild.@Nullable Counted counted, BuiltDays built) {
        LocalDate day = arrived.day;
        Verdicts verdicts = arrived.verdicts;
        writeRejects(arrived);
        Dataset<Row> matched =
                verdicts.matched(arrived.lookup, named(arrived, counted)).persist(StorageLevel.MEMORY_AND_DISK());
        Dataset<Row> unmatched = verdicts.unmatched(arrived.relevant, matched).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Dataset<Row> unplaced =
                    withSites(unmatched.filter(col(Verdicts.FATE).equalTo(Verdicts.UNPLACED)));
            Map<String, Object> scope = new LinkedHashMap<>();
            scope.put(VerdictDaily.PIPELINE, pipeline);
            scope.put(VerdictDaily.ARRIVAL_DATE, day);
            long cells = tables.replace(
                    table(),
                    verdicts.signedCounts(matched, unplaced)
                            .withColumn(VerdictDaily.PIPELINE, lit(pipeline))
                            .withColumn(VerdictDaily.ARRIVAL_DATE, lit(day))
                            .withColumn(VerdictDaily.CELL_VERSION, lit(version)),
                    scope);
            List<String> sentences = sentences(arrived, unmatched);
            built.note(
                    VerdictDaily.TABLE,
                    day,
                    arrived.input,
                    built.foundation(verdicts.firstEventDate(), day),
                    arrived.read,
                    arrived.rejected());
            return new Built(cells, sentences);
        } finally {
            unmatched.unpersist();
            matched.unpersist();
        }
    }

    /** Inferences that the feedback may speak of: from the day that was counted with it, and searched in other days. */
    private Dataset<Row> named(Arrived arrived, ExposureBuild.@Nullable Counted counted) {
        List<LocalDate> dates = new ArrayList<>(arrived.verdicts.eventDates(arrived.relevant));
        Dataset<Row> known = null;
        if (counted != null && dates.remove(counted.day())) {
            known = Cells.named(counted.rows(), inferences.dimensions());
        }
        Dataset<Row> searched = inferences
                .accepted(dates)
                .filter(arrived.lookup.mayBeNamed())
                .select(Cells.columns(Verdicts.inferenceColumns(inferences.dimensions())));
        return known == null ? searched : known.unionByName(searched);
    }

    private void writeRejects(Arrived arrived) {
        Column sample = to_json(struct(Feedback.TABLE.columns().stream()
                .map(name -> col(name).cast("string").as(name))
                .toArray(Column[]::new)));
        contract.writeRejects(
                "feedback",
                arrived.day,
                arrived.byReason,
                feedback.arrivedOn(List.of(arrived.day))
                        .filter(col(REJECT_REASON).isNotNull())
                        .select(col(REJECT_REASON), sample.as(Cells.REJECT_ROW)));
    }

    private Dataset<Row> withSites(Dataset<Row> unplaced) {
        if (!cameras.present()) {
            return unplaced.withColumn(SITE_ID, lit(Inferences.UNKNOWN_VALUE));
        }
        return unplaced.join(broadcast(cameras.cameras().select(CAMERA_ID, SITE_ID)), new String[] {CAMERA_ID}, "left");
    }

    private static List<String> sentences(Arrived arrived, Dataset<Row> unmatched) {
        Map<String, Long> fates = new TreeMap<>();
        unmatched
                .groupBy(Verdicts.FATE)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> fates.put(row.getString(0), row.getLong(1)));
        long waiting = fates.getOrDefault(Verdicts.WAITING, 0L);
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d rows of feedback arrived on %s: %,d rejected, %,d speak of unknown inferences, %,d misses"
                        + " without a frame",
                arrived.read,
                arrived.day,
                arrived.rejected(),
                fates.getOrDefault(Verdicts.UNKNOWN, 0L),
                fates.getOrDefault(Verdicts.UNPLACED, 0L)));
        if (waiting > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d of them name no event date and no inference of the days searched so far; they are looked for"
                            + " again at the catch-up ages",
                    waiting));
        }
        if (arrived.tooOld > 0) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d rows of feedback speak of images from before %s and don't count: inputs.feedback.catch-up-ages end"
                            + " there",
                    arrived.tooOld,
                    arrived.verdicts.firstEventDate()));
        }
        return sentences;
    }

    /** The table with the configured dimensions. */
    TableDef table() {
        return VerdictDaily.TABLE.withDimensions(inferences.dimensions());
    }
}
