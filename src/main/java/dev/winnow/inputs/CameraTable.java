package dev.winnow.inputs;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import dev.winnow.config.CameraSettings;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The camera table: static dimensions, site and zone; may be absent. */
public final class CameraTable {
    private final SourceReader sources;
    private final CameraSettings settings;
    private boolean unique;
    private boolean zonesAreZones;

    /** Reads cameras as {@code settings} say. */
    public CameraTable(SourceReader sources, CameraSettings settings) {
        this.sources = sources;
        this.settings = settings;
    }

    /** Returns whether there is a camera table. */
    public boolean present() {
        return settings.input().present();
    }

    /** Returns the names of the static dimensions, sorted. */
    public List<String> dimensions() {
        return List.copyOf(settings.input().dimensions().keySet());
    }

    /** Describes the files of the table; reads no data. */
    public DayInput files() {
        return DayInput.of(present() ? sources.files(settings.input(), sources.open(settings.input())) : List.of());
    }

    /**
     * Returns one row per camera, shaped like {@link Cameras} with the static dimensions.
     *
     * @throws InputException if a camera is listed twice: its rows would count twice
     */
    public Dataset<Row> cameras() {
        Dataset<Row> cameras =
                Intervals.named(mapped(), settings.input().dimensions(), dimension -> Inferences.NULL_VALUE);
        if (!unique) {
            requireUnique(cameras);
            unique = true; // once a run: the table is small, but every look at it is a job
        }
        return cameras;
    }

    /** Returns the number that a binned dimension tells by its interval, one row per camera; null where there is none. */
    Dataset<Row> numbers(String dimension) {
        return mapped().select(TableDef.dimensionColumn(dimension));
    }

    private Dataset<Row> mapped() {
        return Mapping.apply(
                        sources.open(settings.input()),
                        settings.input(),
                        Cameras.TABLE,
                        List.of(Inferences.SITE_ID, Cameras.TIME_ZONE),
                        List.of(),
                        dimensions())
                .drop(Cameras.TABLE.columns().stream().map(Mapping::problem).toArray(String[]::new))
                .filter(col(Inferences.CAMERA_ID).isNotNull());
    }

    private void requireUnique(Dataset<Row> cameras) {
        List<Row> twice = cameras.groupBy(Inferences.CAMERA_ID)
                .agg(count(lit(1)).as("rows"))
                .filter(col("rows").gt(1))
                .sort(Inferences.CAMERA_ID)
                .limit(1)
                .collectAsList();
        if (!twice.isEmpty()) {
            throw new InputException("inputs.cameras: camera " + twice.get(0).getString(0) + " stands "
                    + twice.get(0).getLong(1) + " times in " + settings.input().place()
                    + "; column camera_id must be unique");
        }
    }

    /** Returns the zone of cameras that name none; empty: it is not known. */
    Optional<String> zone() {
        return Optional.of(settings.input().timeZone()).filter(zone -> !zone.isEmpty());
    }

    /**
     * Returns the cameras, each with a zone that is one, or none.
     *
     * @throws InputException if a time zone is unknown: local hours could not be told
     * @throws ConfigException if there is no zone at all
     */
    Dataset<Row> zoned() {
        Dataset<Row> cameras = cameras();
        if (!zonesAreZones) {
            requireZones(cameras);
            zonesAreZones = true; // once a run, as above
        }
        return cameras;
    }

    private void requireZones(Dataset<Row> cameras) {
        List<Row> zones = cameras.filter(col(Cameras.TIME_ZONE).isNotNull())
                .groupBy(Cameras.TIME_ZONE)
                .agg(min(Inferences.CAMERA_ID))
                .sort(Cameras.TIME_ZONE)
                .collectAsList();
        if (zones.isEmpty() && zone().isEmpty()) {
            throw new ConfigException("inputs.cameras: no camera in "
                    + settings.input().place() + " names a time zone, so no local time can be told; map"
                    + " columns.time_zone, or set inputs.cameras.time-zone to the zone of all cameras");
        }
        for (Row row : zones) {
            try {
                ZoneId.of(row.getString(0), ZoneId.SHORT_IDS);
            } catch (DateTimeException e) {
                throw new InputException(
                        "inputs.cameras: time_zone " + row.getString(0) + " of camera " + row.getString(1) + " in "
                                + settings.input().place() + " is no zone; write it like UTC or Europe/Berlin",
                        e);
            }
        }
    }

    /**
     * Adds the static dimensions to rows that carry {@code camera_id}; a camera that the table does not know has {@link
     * Inferences#UNKNOWN_VALUE}.
     */
    public Dataset<Row> withStaticDimensions(Dataset<Row> rows) {
        if (!present() || dimensions().isEmpty()) {
            return rows;
        }
        Dataset<Row> joined =
                rows.join(broadcast(cameras().drop(Inferences.SITE_ID, Cameras.TIME_ZONE)), camera(), "left");
        for (String dimension : dimensions()) {
            String column = TableDef.dimensionColumn(dimension);
            joined = joined.withColumn(column, coalesce(col(column), lit(Inferences.UNKNOWN_VALUE)));
        }
        return joined;
    }

    private static String[] camera() {
        return new String[] {Inferences.CAMERA_ID};
    }
}
