package dev.winnow.generate;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the synthetic fleet looks like. The rows of a day depend on the seed, the day, the rollout day, the sites and
 * the cameras, and on nothing else: a day generated alone has the rows it has within a month.
 *
 * @param seed another seed, another fleet
 * @param firstDay first day with inferences, UTC
 * @param days number of days with inferences, at least 1; feedback arrives up to 14 days later
 * @param rolloutDay UTC day on which the first sites get the new model version
 * @param sites number of sites, at least 1
 * @param cameras number of cameras, at least one per site and at most 1,000,000
 * @param inferencesPerDay rows per day, frames without output included, at least 1
 * @param images which frames' images are drawn
 * @param imageRoot local folder that stands for {@link #BUCKET}; null means the output directory
 */
public record FleetSettings(
        long seed,
        LocalDate firstDay,
        int days,
        LocalDate rolloutDay,
        int sites,
        int cameras,
        long inferencesPerDay,
        Images images,
        @Nullable String imageRoot)
        implements Serializable {

    /** Which frames' images are drawn: some thousand a second and core. */
    public enum Images {
        /** None. */
        NONE,
        /** Those of frames that feedback speaks of: few, and all that a look at misclassified ones needs. */
        MARKED,
        /** All; meant for small fleets. */
        ALL
    }

    /** What every image URI starts with. */
    public static final String BUCKET = "s3://winnow-sample-fleet/";

    private static final int MOST_CAMERAS = 1_000_000;

    /**
     * Checks the rules.
     *
     * @throws IllegalArgumentException with one sentence per broken rule
     */
    public FleetSettings {
        List<String> problems = new ArrayList<>();
        atLeast(1, "days", days, problems);
        atLeast(1, "sites", sites, problems);
        atLeast(1, "inferencesPerDay", inferencesPerDay, problems);
        if (cameras < Math.max(1, sites) || cameras > MOST_CAMERAS) {
            problems.add("cameras must be between the number of sites (" + sites + ") and " + MOST_CAMERAS + ", got "
                    + cameras);
        }
        if (imageRoot != null && imageRoot.isBlank()) {
            problems.add("imageRoot must name a local folder; leave it out for the output directory");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Two weeks of a fleet that a laptop generates and curates in a minute: 280,000 rows, no images. */
    public static FleetSettings defaults() {
        LocalDate firstDay = LocalDate.of(2026, 5, 1);
        return new FleetSettings(42, firstDay, 14, firstDay.plusDays(7), 40, 600, 20_000, Images.NONE, null);
    }

    /** Returns the number of inference rows over all days. */
    public long inferences() {
        return Math.multiplyExact(inferencesPerDay, days);
    }

    /** Returns the last day with inferences. */
    public LocalDate lastDay() {
        return firstDay.plusDays(days - 1L);
    }

    private static void atLeast(long least, String name, long value, List<String> problems) {
        if (value < least) {
            problems.add(name + " must be at least " + least + ", got " + value);
        }
    }
}
