package dev.winnow.config;

/** How the boxes of an image make its score by a signal (Brust, Kaeding and Denzler 2019). */
public enum ImageScore {
    /** The score of its best box. */
    MAX,
    /** The mean over its boxes. */
    MEAN,
    /** The sum over its five best boxes; favours crowded scenes. */
    SUM
}
