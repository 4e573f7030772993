package dev.winnow.progress;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;

/** What rounds asked about and nobody will answer: it may be chosen again. */
public final class ReturnedItems {
    public static final String PIPELINE = Selections.PIPELINE;
    public static final String RUN_DATE = Selections.RUN_DATE;
    public static final String ROUND_ID = Selections.ROUND_ID;
    public static final String ASKED_ON = "asked_on";
    public static final String USE_CASE = LabelingJobs.USE_CASE;
    public static final String ITEM_ID = Selections.ITEM_ID;
    public static final String IMAGE_URI = "image_uri";
    public static final String JOB_NAME = LabelingJobs.JOB_NAME;
    public static final String REASON = "reason";

    /** The job is done, or so it says, and long enough ago. */
    static final String UNANSWERED = "UNANSWERED";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "returned_items",
                    "One item of a round that has no answer and will get none: it may be chosen again")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the sync; rounds of later days may choose the item")
            .required(ROUND_ID, StringType, "Round that asked")
            .required(ASKED_ON, DateType, "Run date of that round")
            .required(USE_CASE, StringType, "Use case")
            .required(ITEM_ID, StringType, "Item, as in selections")
            .required(IMAGE_URI, StringType, "Image, as in selections")
            .required(JOB_NAME, StringType, "Job that ended without an answer to it")
            .required(REASON, StringType, "FAILED, EXPIRED (how the job ended) or UNANSWERED (in a job that is done)")
            .check("known_reason", REASON + " IN ('FAILED', 'EXPIRED', 'UNANSWERED')")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, USE_CASE, ITEM_ID)
            .build();

    private ReturnedItems() {}
}
