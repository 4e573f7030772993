package dev.winnow.labeling;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** The labeling jobs that rounds ask for. */
public final class LabelingJobs {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String ROUND_ID = "round_id";
    public static final String JOB_NAME = "job_name";

    /** A manifest is there; nobody works on it yet. */
    public static final String PLANNED = "PLANNED";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("labeling_jobs", "One labeling job: a manifest of one round")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Round")
            .required("use_case", StringType, "Use case")
            .required(JOB_NAME, StringType, "Name of the job, derived, so that it exists once")
            .required("target", StringType, "ground-truth")
            .required("task_type", StringType, "image-classification")
            .required("manifest_uri", StringType, "Input manifest")
            .required("items", LongType, "Lines of the manifest")
            .required("sha256", StringType, "Hash of the manifest's bytes")
            .required("status", StringType, "PLANNED")
            .check("not_empty", "items > 0")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, JOB_NAME)
            .build();

    private LabelingJobs() {}
}
