package dev.winnow.ports;

import org.jspecify.annotations.Nullable;

/** An outside service failed, or a lock is held; the message says what was attempted and what helps. */
public final class ServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    private ServiceException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** A failure that may pass: trying again may help. */
    public static ServiceException passing(String message, @Nullable Throwable cause) {
        return new ServiceException(message, true, cause);
    }

    /** A refusal that stays: access denied, quota, invalid request. */
    public static ServiceException refused(String message, @Nullable Throwable cause) {
        return new ServiceException(message, false, cause);
    }

    /** Returns whether trying again may help. */
    public boolean retryable() {
        return retryable;
    }
}
