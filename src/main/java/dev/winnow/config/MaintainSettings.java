package dev.winnow.config;

import java.time.Duration;

/**
 * Upkeep of the output tables.
 *
 * @param retention how long a file is kept after its rows went to another one
 * @param fileMebibytes size up to which files are merged
 * @param glue where the tables are registered
 */
public record MaintainSettings(Duration retention, int fileMebibytes, Glue glue) {
    /** Delta's own limit, a week: long readers and those who look at an older version have that long. */
    private static final int SAFE_HOURS = 168;

    private static final int MAX_HOURS = 87_600;

    /**
     * A database of the Glue Data Catalog.
     *
     * @param database its name; empty: nothing is registered
     * @param region AWS Region; empty: that of {@code s3.region}
     * @param endpoint URI of an own endpoint of Glue; empty: the Region's
     */
    public record Glue(String database, String region, String endpoint) {
        static Glue read(Section section) {
            return new Glue(
                    section.optionalText(
                            "database",
                            name -> name.matches("[a-z0-9_-]{1,255}"),
                            "the name of a Glue database: small letters, digits, _ and -"),
                    section.optionalText(
                            "region", name -> name.matches("[a-z]{2}(-[a-z]+)+-[0-9]"), "a Region, such as eu-west-1"),
                    section.optionalText("endpoint", Uris::web, Uris.WEB_RULE));
        }
    }

    static MaintainSettings read(Section section) {
        int hours = section.integer("retention-hours", 0, MAX_HOURS);
        if (!section.flag("short-retention") && hours < SAFE_HOURS) {
            section.problem(
                    "retention-hours",
                    " = " + hours + " is less than " + SAFE_HOURS + ", a week: readers that began before may lose files"
                            + " they still need, and older versions are gone; if nobody reads the tables so, set"
                            + " maintain.short-retention = true");
        }
        return new MaintainSettings(
                Duration.ofHours(hours),
                section.integer("file-mebibytes", 1, 1_024),
                section.object("glue", Glue::read));
    }
}
