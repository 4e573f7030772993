package dev.winnow.tables;

import org.jspecify.annotations.Nullable;

/** Input data breaks its contract; a run without new data fails the same way. The message names path and column. */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a sentence that names the cause and the remedy. */
    public InputException(String message) {
        super(message);
    }

    /** Creates the exception with a sentence that names the cause and the remedy. */
    public InputException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
