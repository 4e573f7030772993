package dev.winnow.report;

import java.util.Optional;

/** Small copies of images for the page. */
@FunctionalInterface
interface Thumbnails {
    /** No image is shown. */
    Thumbnails NONE = uri -> Optional.empty();

    /** Returns a {@code data:} URI of a small JPEG, or empty where there is none to show. */
    Optional<String> of(String imageUri);
}
