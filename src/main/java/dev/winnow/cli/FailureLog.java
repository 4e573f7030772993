package dev.winnow.cli;

import dev.winnow.runtime.Attempt.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of failures with their stack traces; a logger of its own, so that a terminal can leave it out. */
final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private FailureLog() {}

    static void write(Outcome outcome, Throwable failure) {
        if (failure instanceof UsageException) {
            return; // a typing error needs no trace
        }
        LOG.error(
                "event=failed exit_code={} retryable={} sentence=\"{}\"",
                outcome.exitCode(),
                outcome.retryable(),
                outcome.sentence(),
                failure);
    }
}
