package dev.winnow.selection;

/**
 * What may be full, finest first. A burst is of one camera and a camera at one site, so within these three whoever takes the
 * best that still fits misses nothing (nested caps form a laminar matroid). Classes run across cameras: with them the same
 * walk is a heuristic.
 */
enum Cap {
    /** Images of one camera and class that follow each other closely. */
    BURST,
    /** One camera. */
    CAMERA,
    /** One site. */
    SITE,
    /** One predicted class; frames without output have none. */
    CLASS
}
