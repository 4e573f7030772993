package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** Samples of input rows that break their contract, with the exact count of their reason. */
public final class Rejects {
    public static final String PIPELINE = "pipeline";
    public static final String DATE = "date";
    public static final String INPUT = "input";
    public static final String REASON = "reason";
    public static final String ROWS = "rejected_rows";
    public static final String SAMPLE = "sample";

    /** Stored by segments for the day of the input, by ingest and label-qa for their run date. */
    public static final TableDef TABLE = TableDef.named(
                    "rejects", "A sampled input row that breaks its contract, with the exact count of its reason")
            .required(PIPELINE, StringType, "Pipeline")
            .required(
                    DATE,
                    DateType,
                    "Event date of inferences, arrival date of feedback, run date of answers and reviews")
            .required(INPUT, StringType, "inferences, feedback, answers or reviews")
            .required(REASON, StringType, "Rule that is broken")
            .required(ROWS, LongType, "Rows of this input, day and reason, all of them")
            .required(SAMPLE, StringType, "The row's canonical columns as JSON")
            .partitionedBy(PIPELINE, DATE)
            .key(PIPELINE, DATE, INPUT, REASON, SAMPLE)
            .build();

    private Rejects() {}
}
