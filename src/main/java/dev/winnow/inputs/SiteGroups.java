package dev.winnow.inputs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskSettings;
import dev.winnow.tables.TableDef;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** What the sites have in common whose items may be in one labeling job, such as a region. */
public final class SiteGroups {
    private static final String CAMERAS = "cameras";

    private SiteGroups() {}

    /**
     * Returns what tells the group of a site: empty for all where jobs are not split, else what they are split by with
     * the site itself or with the value that most of its cameras have, of several the least, such as {@code region=west};
     * {@link Inferences#UNKNOWN_VALUE} of a site without a camera. The driver holds a value a site.
     *
     * @param splitBy as {@link TaskSettings#splitBy}
     * @throws ConfigException if no camera names its site
     */
    public static UnaryOperator<String> of(String splitBy, CameraTable cameras) {
        return switch (splitBy) {
            case "" -> site -> "";
            case TaskSettings.SITE -> site -> name(splitBy, site);
            default -> {
                Map<String, String> values = values(splitBy, cameras);
                yield site -> name(splitBy, values.getOrDefault(site, Inferences.UNKNOWN_VALUE));
            }
        };
    }

    /** Returns the value of a group; null where it is none of a split, but of another or of none. */
    public static @Nullable String value(String splitBy, String group) {
        String before = name(splitBy, "");
        return group.startsWith(before) ? group.substring(before.length()) : null;
    }

    private static String name(String splitBy, String value) {
        return splitBy + "=" + value;
    }

    private static Map<String, String> values(String dimension, CameraTable cameras) {
        Column value = col(TableDef.dimensionColumn(dimension));
        Map<String, String> values = new HashMap<>();
        for (Row row : cameras.cameras()
                .filter(col(Inferences.SITE_ID).isNotNull())
                .groupBy(col(Inferences.SITE_ID), value)
                .agg(count(lit(1)).as(CAMERAS))
                .sort(col(CAMERAS).desc(), value)
                .collectAsList()) {
            values.putIfAbsent(row.getString(0), row.getString(1));
        }
        if (values.isEmpty()) {
            throw new ConfigException("labeling.tasks: split-by = " + dimension
                    + " needs the sites of cameras, and no camera names one: map inputs.cameras.columns.site_id");
        }
        return values;
    }
}
