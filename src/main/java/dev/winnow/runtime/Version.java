package dev.winnow.runtime;

import org.jspecify.annotations.Nullable;

/** Version of the application. */
public final class Version {
    private Version() {}

    /** Returns the version in the jar's manifest, or {@code dev} outside a jar. */
    public static String current() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
