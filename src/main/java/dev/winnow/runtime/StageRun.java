package dev.winnow.runtime;

import dev.winnow.ports.Stage;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One stage of one attempt, as the ledger keeps it.
 *
 * @param stage name of the stage
 * @param day the day it ran for
 * @param runId the work's id; null if the stage failed before its input was known
 * @param report what the stage did; null if it failed
 * @param paid what a model was paid for, also where the stage failed
 * @param seconds wall time
 * @param metrics what Spark read and shuffled meanwhile
 */
public record StageRun(
        String stage,
        LocalDate day,
        @Nullable String runId,
        Stage.@Nullable Report report,
        Stage.Paid paid,
        double seconds,
        StageMetrics.Counts metrics) {}
