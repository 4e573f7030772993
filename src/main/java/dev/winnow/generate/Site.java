package dev.winnow.generate;

import java.time.LocalDate;

/**
 * A customer's place with cameras.
 *
 * @param number counts from 0
 * @param id {@code s0001}
 * @param zone where it is
 * @param tier how its people answer
 * @param track which model versions it gets
 */
record Site(int number, String id, Zone zone, SiteTier tier, ModelTrack track) {
    private static final double GOLDEN_RATIO = 0.6180339887498949;
    private static final Weighted TIERS = Weighted.of(new String[] {"COMPLAINS", "CONFIRMS", "SILENT"}, 40, 25, 35);
    private static final Weighted TRACKS =
            Weighted.of(new String[] {"LEGACY", "FIRST_WAVE", "SECOND_WAVE", "HELD_BACK"}, 15, 40, 25, 20);

    /** Creates the site with the given number. */
    static Site of(long seed, int number) {
        long hash = Draws.hash(seed, Keys.SITE, number);
        // Tiers are spread evenly instead of drawn, so that even ten sites hold every kind in its share.
        double shift = Draws.uniform(Draws.hash(seed, Keys.SITE), 0);
        return new Site(
                number,
                Ids.padded('s', number, 4),
                Zone.ALL[(int) (Draws.uniform(hash, 1) * Zone.ALL.length)],
                SiteTier.valueOf(TIERS.pick(Keys.spread(GOLDEN_RATIO, number, shift))),
                ModelTrack.valueOf(TRACKS.pick(Draws.uniform(hash, 2))));
    }

    /** Returns the model version that runs on a UTC day. */
    String modelVersion(LocalDate rolloutDay, long epochDay) {
        return track.versionOn(epochDay - rolloutDay.toEpochDay());
    }

    /**
     * A time zone and its region.
     *
     * @param index position in {@link #ALL}
     * @param name IANA name
     * @param region sales region
     */
    record Zone(int index, String name, String region) {
        static final Zone[] ALL = {
            new Zone(0, "Europe/Berlin", "eu"),
            new Zone(1, "Europe/Madrid", "eu"),
            new Zone(2, "America/New_York", "us-east"),
            new Zone(3, "America/Chicago", "us-central"),
            new Zone(4, "America/Los_Angeles", "us-west"),
            new Zone(5, "Asia/Singapore", "apac"),
            new Zone(6, "Asia/Tokyo", "apac"),
        };
    }

    /** When a site gets which model version. */
    enum ModelTrack {
        LEGACY(Long.MAX_VALUE, ModelTrack.OLDEST),
        FIRST_WAVE(0, ModelTrack.CURRENT),
        SECOND_WAVE(3, ModelTrack.CURRENT),
        HELD_BACK(Long.MAX_VALUE, ModelTrack.CURRENT);

        static final String OLDEST = "2.2.1";
        static final String CURRENT = "2.3.0";
        static final String NEW = "2.4.0";

        private final long newAfterDays;
        private final String before;

        ModelTrack(long newAfterDays, String before) {
            this.newAfterDays = newAfterDays;
            this.before = before;
        }

        private String versionOn(long daysSinceRollout) {
            return daysSinceRollout >= newAfterDays ? NEW : before;
        }
    }
}
