package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** From which input files each day of cells was made: a day whose files changed is built again. */
public final class DayBuilds {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String DATE = "date";
    public static final String TABLE_NAME = "table_name";
    public static final String CELL_VERSION = ExposureDaily.CELL_VERSION;
    public static final String INPUT_STATE = "input_state";
    public static final String BUILT_ON = "built_on";
    public static final String FINGERPRINT = "input_fingerprint";
    public static final String ROWS_READ = "rows_read";
    public static final String ROWS_REJECTED = "rows_rejected";

    /** Written after the day's cells: a kill in between only means that the day is built once more. */
    public static final TableDef TABLE = TableDef.named(
                    "day_builds", "The input files that one day of a cell table was made of")
            .required(PIPELINE, StringType, "Pipeline")
            .required(DATE, DateType, "Event date of exposure_daily, arrival date of verdict_daily")
            .required(TABLE_NAME, StringType, "exposure_daily or verdict_daily")
            .required(CELL_VERSION, StringType, "Hash of dimensions, bins, label mapping and verdict rules")
            .required(INPUT_STATE, StringType, "Hash of the files' names, lengths and times of modification")
            .required(
                    BUILT_ON,
                    StringType,
                    "Hash of the builds that the day's verdicts rest on: exposure of the days they speak of, feedback that"
                            + " arrived before; empty for exposure_daily")
            .required(FINGERPRINT, StringType, "Hash of the files' names and lengths, the same wherever they lie")
            .required(ROWS_READ, LongType, "Rows in the files")
            .required(ROWS_REJECTED, LongType, "Rows that broke the contract")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, DATE, TABLE_NAME)
            .build();

    private DayBuilds() {}
}
