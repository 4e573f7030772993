package dev.winnow.labeling;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The labeling jobs that rounds ask for. */
public final class LabelingJobs {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String ROUND_ID = "round_id";
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String JOB_NAME = "job_name";
    public static final String TARGET = "target";
    public static final String TASK_TYPE = "task_type";
    public static final String MANIFEST_URI = "manifest_uri";
    public static final String ITEMS = "items";
    public static final String SHA256 = "sha256";
    public static final String STATUS = "status";

    /** A manifest is there; nobody works on it yet. */
    public static final String PLANNED = "PLANNED";

    /** Label category that is always offered where none are configured: the image shows none of the classes. */
    public static final String NONE_OF_THESE = "none of these";

    /** Label category that is always offered where none are configured: it is no class, and says nothing. */
    public static final String CANT_TELL = "can't tell";

    private static final String GROUND_TRUTH = "ground-truth";
    private static final String IMAGE_CLASSIFICATION = "image-classification";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("labeling_jobs", "One labeling job: a manifest of one round")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Round")
            .required(USE_CASE, StringType, "Use case")
            .required(JOB_NAME, StringType, "Name of the job, derived, so that it exists once")
            .required(TARGET, StringType, GROUND_TRUTH)
            .required(TASK_TYPE, StringType, IMAGE_CLASSIFICATION)
            .required(MANIFEST_URI, StringType, "Input manifest")
            .required(ITEMS, LongType, "Lines of the manifest")
            .required(SHA256, StringType, "Hash of the manifest's bytes")
            .required(STATUS, StringType, PLANNED)
            .check("not_empty", ITEMS + " > 0")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, JOB_NAME)
            .build();

    private LabelingJobs() {}

    /**
     * One row of a job that nobody works on yet; values in declared order.
     *
     * @param manifest URI of the manifest
     */
    static Row planned(
            String pipeline, Round round, String useCase, String job, String manifest, long items, String sha256) {
        return RowFactory.create(
                pipeline,
                round.date(),
                round.id(),
                useCase,
                job,
                GROUND_TRUTH,
                IMAGE_CLASSIFICATION,
                manifest,
                items,
                sha256,
                PLANNED);
    }
}
