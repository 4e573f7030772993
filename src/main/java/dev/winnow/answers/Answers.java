package dev.winnow.answers;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Reviews;
import dev.winnow.tables.TableDef;

/** What people answered: one row for each worker, item and job. */
public final class Answers {
    public static final String PIPELINE = "pipeline";
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String JOB_NAME = "job_name";
    public static final String ITEM_ID = "item_id";
    public static final String WORKER_ID = "worker_id";
    public static final String REPETITION = "repetition";
    public static final String KIND = "kind";
    public static final String STATUS = "status";
    public static final String TASK = "task";
    public static final String LABEL = "label";
    public static final String ANSWER = "answer";
    public static final String CONFIDENCE = "confidence";
    public static final String SUBMITTED_AT = "submitted_at";
    public static final String SECONDS_SPENT = "seconds_spent";
    public static final String GUIDELINE_VERSION = "guideline_version";
    public static final String ROUND_ID = "round_id";
    public static final String IMAGE_URI = Inferences.IMAGE_URI;
    public static final String SOURCE = "source";
    public static final String SOURCE_FILE = "source_file";

    /** An answer of one worker. */
    public static final String WORKER = "WORKER";

    /** What a labeling service made of its workers' answers. */
    public static final String CONSOLIDATED = "CONSOLIDATED";

    /** What a labeling service's own model answered. */
    public static final String MACHINE = "MACHINE";

    /** The known truth of an item that was planted among the others. */
    public static final String GOLD = "GOLD";

    /** An answer of someone whose word decides: it makes the label and approves it. */
    public static final String EXPERT = "EXPERT";

    /** The answer counts. */
    public static final String ANSWERED = "ANSWERED";

    /** Sources contradict each other about the same answer, given at the same time: it does not count. */
    public static final String CONFLICTING = "CONFLICTING";

    /** One class. */
    public static final String CLASSIFICATION = "CLASSIFICATION";

    /** Any number of classes. */
    public static final String MULTI_LABEL = "MULTI_LABEL";

    /** Boxes with classes. */
    public static final String BOXES = "BOXES";

    /** A mask, of which only the place is kept. */
    public static final String SEGMENTATION = "SEGMENTATION";

    /** Whether what an item was shown with, its class or its boxes, is right; labels are the verdicts of {@link Reviews}. */
    public static final String REVIEW = "REVIEW";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("answers", "One answer to one item of a labeling job")
            .required(PIPELINE, StringType, "Pipeline")
            .required(USE_CASE, StringType, "Use case of the item")
            .required(JOB_NAME, StringType, "Labeling job, project or human loop; empty where there is none")
            .required(
                    ITEM_ID, StringType, "Item, as in selections; the image where the answer is to nobody's selection")
            .required(WORKER_ID, StringType, "Pseudonym of who answered; empty unless kind is WORKER or EXPERT")
            .required(REPETITION, IntegerType, "Which of a worker's intended repeats of the item, from 1")
            .required(
                    KIND,
                    StringType,
                    "WORKER, EXPERT (whose answer decides), CONSOLIDATED (by the service), MACHINE or GOLD (the known truth)")
            .required(STATUS, StringType, "ANSWERED, or CONFLICTING: sources contradict each other and neither counts")
            .required(
                    TASK, StringType, "CLASSIFICATION, MULTI_LABEL, BOXES, SEGMENTATION or REVIEW (of what was shown)")
            .optional(
                    LABEL,
                    StringType,
                    "Class; of REVIEW: CONFIRM, DISCONFIRM or CANT_TELL; null for the other tasks and for CONFLICTING")
            .optional(
                    ANSWER,
                    StringType,
                    "JSON: classes of MULTI_LABEL; label, left, top, width and height in pixels of BOXES; mask URI of"
                            + " SEGMENTATION; null for CLASSIFICATION and CONFLICTING")
            .optional(
                    CONFIDENCE,
                    DoubleType,
                    "The service's own, in (0, 1], comparable within a job; null if it has none")
            .optional(SUBMITTED_AT, TimestampType, "When it was given or consolidated; null where nothing tells")
            .optional(SECONDS_SPENT, DoubleType, "Seconds the worker took; null where nothing tells")
            .optional(GUIDELINE_VERSION, StringType, "Version of the guideline; null where nothing tells")
            .optional(ROUND_ID, StringType, "Round that asked; null where the item was not selected here")
            .optional(IMAGE_URI, StringType, "Image or text the answer is about; null where nothing tells")
            .required(SOURCE, StringType, "Name of the configured export; table for the plain table")
            .required(SOURCE_FILE, StringType, "Object it was read from, below the export's path; empty for the table")
            .check("known_kind", KIND + " IN ('WORKER', 'EXPERT', 'CONSOLIDATED', 'MACHINE', 'GOLD')")
            .check("known_status", STATUS + " IN ('ANSWERED', 'CONFLICTING')")
            .check("known_task", TASK + " IN ('CLASSIFICATION', 'MULTI_LABEL', 'BOXES', 'SEGMENTATION', 'REVIEW')")
            .check("workers_are_named", "(" + KIND + " IN ('WORKER', 'EXPERT')) = (" + WORKER_ID + " <> '')")
            .check("confidence_in_range", CONFIDENCE + " IS NULL OR " + CONFIDENCE + " BETWEEN 0 AND 1")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, USE_CASE, JOB_NAME, ITEM_ID, KIND, WORKER_ID, REPETITION)
            .build();

    private Answers() {}
}
