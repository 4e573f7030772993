package dev.winnow.cli;

import java.nio.file.Path;

/** Where things are, as a user writes it and as the rest of the application wants it. */
final class Places {
    private Places() {}

    /** Returns a relative path as an absolute one, without a trailing slash; URIs stay. */
    static String absolute(String place) {
        String trimmed = place.length() > 1 ? place.replaceAll("/+$", "") : place;
        return isUri(trimmed)
                ? trimmed
                : Path.of(trimmed).toAbsolutePath().normalize().toString();
    }

    static boolean isUri(String place) {
        return place.matches("[a-z][a-z0-9+.-]*:.*");
    }
}
