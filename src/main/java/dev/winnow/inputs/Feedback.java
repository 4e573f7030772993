package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.tables.TableDef;
import java.util.List;

/** Canonical feedback: one mark of a customer. Never stored. */
public final class Feedback {
    public static final String FEEDBACK_ID = "feedback_id";
    public static final String VERDICT = "verdict";
    public static final String LABEL = "label";
    public static final String CORRECTED_LABEL = "corrected_label";
    public static final String REPORTED_AT = "reported_at";
    public static final String REPORTED_DATE = "reported_date";
    public static final String SOURCE = "source";

    /** First day on which a run may see a row of several days' feedback. */
    public static final String SEEN_FROM = "seen_from";

    /** Last day on which a run may see it: a run looks at the feedback of its day and of a horizon before it. */
    public static final String SEEN_UNTIL = "seen_until";

    /** The alarm was wrong: nothing of that class was there. */
    public static final String FALSE_POSITIVE = "FALSE_POSITIVE";

    /** The alarm was right. */
    public static final String CONFIRMED = "CONFIRMED";

    /** Something was there and no alarm came. */
    public static final String MISSED = "MISSED";

    /** The alarm named the wrong class. */
    public static final String RELABELED = "RELABELED";

    /** All verdicts. */
    public static final List<String> VERDICTS = List.of(FALSE_POSITIVE, CONFIRMED, MISSED, RELABELED);

    /** The canonical shape. */
    public static final TableDef TABLE = TableDef.named("feedback", "One mark of a customer")
            .required(FEEDBACK_ID, StringType, "Unique; a repeated id counts once")
            .optional(Inferences.INFERENCE_ID, StringType, "Inference that is marked; null where it is not named")
            .optional(Inferences.IMAGE_URI, StringType, "Image that is marked; null where it is not named")
            .optional(Inferences.CAMERA_ID, StringType, "Camera; null where it is not named")
            .optional(Inferences.CAPTURED_AT, TimestampType, "When it happened; null where it is not said")
            .optional(Inferences.EVENT_DATE, DateType, "UTC day of the image; null: the id is looked up")
            .optional(Inferences.USE_CASE, StringType, "Use case of a report that names no image; null: unknown")
            .required(VERDICT, StringType, "FALSE_POSITIVE, CONFIRMED, MISSED or RELABELED")
            .optional(LABEL, StringType, "Class the mark speaks of")
            .optional(CORRECTED_LABEL, StringType, "Right class of a RELABELED alarm")
            .required(REPORTED_AT, TimestampType, "When the mark was made")
            .required(REPORTED_DATE, DateType, "UTC day the mark arrived")
            .optional(SOURCE, StringType, "Who marked")
            .key(FEEDBACK_ID)
            .build();

    private Feedback() {}
}
