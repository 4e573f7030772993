package dev.winnow.analysis;

/** A file is no image that can be looked at; the message says why, the same words for the same reason. */
final class UnreadableImageException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableImageException(String reason) {
        super(reason);
    }

    UnreadableImageException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** Returns the reason in plain words, free of anything that stands in the file. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
