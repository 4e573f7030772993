package dev.winnow.config;

import java.util.List;

/**
 * The camera table: static dimensions, site and time zone; optional.
 *
 * @param input where it is and how its columns map; its time zone is that of cameras that name none
 */
public record CameraSettings(InputSettings input) {

    /** Canonical columns of a camera that a mapping may set. */
    public static final List<String> COLUMNS = List.of("camera_id", "site_id", "time_zone");

    static CameraSettings read(Section section) {
        section.refuse("partition-filter", "the camera table is small and always read whole; leave the key out");
        return new CameraSettings(InputSettings.read(section, "cameras", COLUMNS, ""));
    }
}
