package dev.winnow.ports;

import org.jspecify.annotations.Nullable;

/** A call of a model that brought no answer; the message says what the service said and what helps. */
public final class ModelFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure, by which is decided whether it is worth another call. */
    public enum Kind {
        /** More calls or tokens than the account may make. */
        THROTTLED,
        /** The service has no capacity, or fails. */
        OVERLOADED,
        /** No answer in time; it may have been made, and be billed. */
        TIMED_OUT,
        /** The connection broke; an answer may have been made, and be billed. */
        BROKEN,
        /** The model failed on this question. */
        MODEL_ERROR,
        /** The question is not one the service takes. */
        INVALID,
        /** Credentials, permission, or access to the model are missing, or there is no such model. */
        DENIED,
        /** A quota of the account is used up for good. */
        QUOTA;

        /** Whether nobody's next call can do better before somebody changes something. */
        public boolean staysForAll() {
            return this == DENIED || this == QUOTA;
        }

        /** Whether the service may have done, and billed, the work. */
        public boolean mayBeBilled() {
            return this == TIMED_OUT || this == BROKEN || this == MODEL_ERROR;
        }
    }

    private final Kind kind;

    /** A failure of a kind. */
    public ModelFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns the kind. */
    public Kind kind() {
        return kind;
    }
}
