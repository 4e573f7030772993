package dev.winnow.generate;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What only the generator knows about its frames, for benchmarks. */
public final class FleetTruth {
    public static final String CAMERA_ID = FleetTables.CAMERA_ID;
    public static final String SITE_ID = FleetTables.SITE_ID;
    public static final String EVENT_DATE = FleetTables.EVENT_DATE;
    public static final String LIGHTING = FleetTables.LIGHTING;
    public static final String WEATHER = FleetTables.WEATHER;
    public static final String BRIGHTNESS = FleetTables.BRIGHTNESS;
    public static final String DISTANCE_M = FleetTables.DISTANCE_M;
    public static final String OBJECT_SIZE = FleetTables.OBJECT_SIZE;
    public static final String PREDICTED_LABEL = FleetTables.PREDICTED_LABEL;
    public static final String CONFIDENCE = FleetTables.CONFIDENCE;
    public static final String CAMERA_TYPE = FleetTables.CAMERA_TYPE;
    public static final String INFERENCE_ID = FleetTables.INFERENCE_ID;
    public static final String FALSE_ALARM = FleetTables.FALSE_ALARM;

    private FleetTruth() {}

    /** Returns the alarms among the frames with the given row numbers, and whether each is false; broken rows are left out. */
    public static Dataset<Row> alarms(Dataset<Long> rows, FleetSettings settings) {
        return GenerateFleet.frames(rows, settings)
                .filter(PREDICTED_LABEL + " IS NOT NULL AND " + INFERENCE_ID + " IS NOT NULL AND " + CAMERA_ID
                        + " IS NOT NULL AND " + CONFIDENCE + " BETWEEN 0 AND 1");
    }
}
