package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.tables.TableDef;

/** Canonical cameras. Never stored. */
public final class Cameras {
    public static final String TIME_ZONE = "time_zone";

    /** The canonical shape; static dimensions follow as {@code dim_<name>}. */
    public static final TableDef TABLE = TableDef.named("cameras", "One camera")
            .required(Inferences.CAMERA_ID, StringType, "Camera")
            .optional(Inferences.SITE_ID, StringType, "Site; null where the table does not say")
            .optional(TIME_ZONE, StringType, "Zone of the site; null where the table does not say")
            .key(Inferences.CAMERA_ID)
            .build();

    private Cameras() {}
}
