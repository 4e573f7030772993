package dev.winnow.labeling;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.Digest;
import dev.winnow.tables.TableDef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.jspecify.annotations.Nullable;

/** Pilots: whether people agree on a question, and answer it fast enough, to ask them the rest. */
public final class Pilots {
    public static final String PIPELINE = LabelingJobs.PIPELINE;
    public static final String PILOT_KEY = LabelingJobs.PILOT_KEY;
    public static final String USE_CASE = LabelingJobs.USE_CASE;
    public static final String TASK_TYPE = LabelingJobs.TASK_TYPE;
    public static final String GUIDELINES_VERSION = LabelingJobs.GUIDELINES_VERSION;
    public static final String STATE = "state";
    public static final String STATE_ON = "state_on";
    public static final String JOBS = "jobs";
    public static final String ITEMS = LabelingJobs.ITEMS;
    public static final String JUDGED = "judged";
    public static final String ANSWERS = "answers";
    public static final String AGREEMENT = "agreement";
    public static final String AGREEMENT_LOW = "agreement_low";
    public static final String AGREEMENT_HIGH = "agreement_high";
    public static final String ALPHA = "alpha";
    public static final String ALPHA_LOW = "alpha_low";
    public static final String ALPHA_HIGH = "alpha_high";
    public static final String SECONDS = "seconds_per_answer";
    public static final String SECONDS_LOW = "seconds_low";
    public static final String SECONDS_HIGH = "seconds_high";
    public static final String MISSING = "missing";
    public static final String REASON = "reason";

    /** People work on it, or will. */
    public static final String RUNNING = "PILOT";

    /** The rest is asked about. */
    public static final String RELEASED = "RELEASED";

    /** Its answers leave it open whether a floor is met. */
    public static final String INCONCLUSIVE = "INCONCLUSIVE";

    /** A floor is missed. */
    public static final String REFUSED = "REFUSED";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "pilots", "One question of one use case, and what its pilot says about asking it")
            .required(PIPELINE, StringType, "Pipeline")
            .required(
                    PILOT_KEY,
                    StringType,
                    "Hash of the question: use case, task type, instruction, guidelines, configured categories")
            .required(USE_CASE, StringType, "Use case")
            .required(TASK_TYPE, StringType, "What is asked, as in labeling_jobs")
            .optional(GUIDELINES_VERSION, StringType, "Version of the guidelines; null where none is named")
            .required(
                    STATE,
                    StringType,
                    "PILOT (not all answered), RELEASED (all floors are met, the rest is asked about; for good), INCONCLUSIVE"
                            + " (too few items tell) or REFUSED (a floor is missed)")
            .required(STATE_ON, DateType, "Run date of the sync that found the state first")
            .required(JOBS, LongType, "Jobs of the pilot; those of several rounds add up")
            .required(ITEMS, LongType, "Items of these, planted ones apart")
            .required(JUDGED, LongType, "Items of these that at least three people answered; all figures are of these")
            .required(ANSWERS, LongType, "Answers to these items")
            .optional(
                    AGREEMENT,
                    DoubleType,
                    "Share of pairs of answers to an item that are the same, mean over items; null without items. Of sets of"
                            + " classes: common over all classes; of boxes: F1 at half overlap")
            .optional(AGREEMENT_LOW, DoubleType, "Lower bound, Wilson over items")
            .optional(AGREEMENT_HIGH, DoubleType, "Upper bound")
            .optional(
                    ALPHA,
                    DoubleType,
                    "Krippendorff's alpha; null where answers are not one class, or fewer than two classes were chosen")
            .optional(ALPHA_LOW, DoubleType, "Lower bound, jackknife over items; null where too few items tell")
            .optional(ALPHA_HIGH, DoubleType, "Upper bound; null where the lower is")
            .optional(SECONDS, DoubleType, "Mean seconds of an answer; null where no answer tells")
            .optional(SECONDS_LOW, DoubleType, "Lower bound, Student's t over items; null where fewer than two tell")
            .optional(SECONDS_HIGH, DoubleType, "Upper bound; null where the lower is")
            .optional(
                    MISSING,
                    LongType,
                    "Of INCONCLUSIVE: about how many more items would tell; null where no number does")
            .required(REASON, StringType, "Why, in plain words")
            .check("known_state", STATE + " IN ('PILOT', 'RELEASED', 'INCONCLUSIVE', 'REFUSED')")
            .check("judged_within_items", JUDGED + " BETWEEN 0 AND " + ITEMS)
            .partitionedBy(PIPELINE)
            .key(PIPELINE, PILOT_KEY)
            .build();

    private static final int KEY_DIGITS = 16;

    private Pilots() {}

    /**
     * Returns the key of the pilot of a question. Another instruction, version of the guidelines or list of categories is
     * another question.
     *
     * @param labels configured categories, in their order; empty: those that each round sees
     */
    static String key(String useCase, TaskType type, TaskSettings task, List<String> labels) {
        Digest digest = new Digest()
                .add(useCase)
                .add(type.id())
                .add(task.instruction())
                .add(task.guidelinesUri())
                .add(task.guidelinesVersion());
        labels.forEach(digest::add);
        return digest.hex(KEY_DIGITS);
    }

    /** Returns a row of values in declared order, with their names. */
    public static Row row(@Nullable Object... values) {
        return new GenericRowWithSchema(values, TABLE.schema());
    }

    /** Returns the recorded pilots of a pipeline by key; a row for each question that was ever asked comes to the driver. */
    public static Map<String, Row> read(TableStore tables, String pipeline) {
        Map<String, Row> pilots = new TreeMap<>();
        tables.read(TABLE)
                .filter(col(PIPELINE).equalTo(pipeline))
                .collectAsList()
                .forEach(row -> pilots.put(row.getAs(PILOT_KEY), row));
        return pilots;
    }
}
