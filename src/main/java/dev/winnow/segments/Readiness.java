package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.config.InferenceSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** Decides whether a day's inferences are all there; a day that is not ready is not an error but a matter of time. */
public final class Readiness {
    private final InferenceSettings.Readiness settings;
    private final ObjectStore objects;

    /** Judges by {@code settings}. */
    public Readiness(InferenceSettings.Readiness settings, ObjectStore objects) {
        this.settings = settings;
        this.objects = objects;
    }

    /**
     * Requires the configured marker.
     *
     * @throws ServiceException retryable, if it is not there yet
     */
    void requireMarker(LocalDate day) {
        String marker = settings.marker().replace("{date}", day.toString());
        if (!marker.isEmpty() && !objects.exists(marker)) {
            throw ServiceException.passing(
                    "The inferences of " + day + " are not ready: " + marker + " is not there yet; nothing was written",
                    null);
        }
    }

    /**
     * Requires enough rows: the sum over sites of what they sent, each at most its median, over the sum of medians.
     *
     * @param bySite accepted rows by day and site: of the day, and of days before it whose cells are not written yet
     * @throws ServiceException retryable, if the day is empty or too small
     */
    void requireRows(LocalDate day, Map<LocalDate, Map<String, Long>> bySite, TableStore tables, String pipeline) {
        Map<String, Long> rowsBySite = bySite.getOrDefault(day, Map.of());
        if (rowsBySite.isEmpty()) {
            throw ServiceException.passing(
                    "There are no inferences of " + day + " yet; nothing was written. Run the day again when its files"
                            + " have arrived",
                    null);
        }
        if (settings.minShare() == 0) {
            return;
        }
        long expected = 0;
        long arrived = 0;
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Long> median :
                medians(day, bySite, tables, pipeline).entrySet()) {
            long rows = Math.min(median.getValue(), rowsBySite.getOrDefault(median.getKey(), 0L));
            expected += median.getValue();
            arrived += rows;
            if (rows < settings.minShare() * median.getValue()) {
                missing.add(median.getKey());
            }
        }
        if (expected > 0 && arrived < settings.minShare() * expected) {
            throw ServiceException.passing(
                    String.format(
                            Locale.ROOT,
                            "The inferences of %s are not ready: %.0f %% of the rows that %d days before would make one"
                                    + " expect (sites behind: %s); nothing was written",
                            day,
                            100.0 * arrived / expected,
                            settings.medianDays(),
                            missing.size() > 10
                                    ? missing.subList(0, 10) + " and " + (missing.size() - 10) + " more"
                                    : missing),
                    null);
        }
    }

    private Map<String, Long> medians(
            LocalDate day, Map<LocalDate, Map<String, Long>> counted, TableStore tables, String pipeline) {
        Map<String, List<Long>> rows = new TreeMap<>();
        List<LocalDate> stored = new ArrayList<>();
        for (LocalDate before = day.minusDays(settings.medianDays());
                before.isBefore(day);
                before = before.plusDays(1)) {
            if (counted.containsKey(before)) {
                counted.get(before)
                        .forEach((site, count) -> rows.computeIfAbsent(site, s -> new ArrayList<>())
                                .add(count));
            } else {
                stored.add(before);
            }
        }
        if (!stored.isEmpty()) {
            for (Row row : tables.read(ExposureDaily.TABLE)
                    .filter(col(ExposureDaily.PIPELINE)
                            .equalTo(pipeline)
                            .and(col(ExposureDaily.EVENT_DATE).isin(stored.toArray())))
                    .groupBy(Inferences.SITE_ID, ExposureDaily.EVENT_DATE)
                    .agg(sum(ExposureDaily.SHOWN))
                    .collectAsList()) {
                rows.computeIfAbsent(row.getString(0), site -> new ArrayList<>())
                        .add(row.getLong(2));
            }
        }
        Map<String, Long> medians = new TreeMap<>();
        rows.forEach((site, counts) -> {
            Collections.sort(counts);
            medians.put(site, counts.get((counts.size() - 1) / 2));
        });
        return medians;
    }
}
