package dev.winnow.analysis;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one {@link ImageCase}.
 *
 * @param caseId the case
 * @param status one of {@link ImageFindings#STATUSES} but UNREADABLE
 * @param reason why the status is not ANSWERED; null if it is
 * @param modelId model that was asked
 * @param promptVersion version of prompt, schema and taxonomy
 * @param seen what the answer says; null unless ANSWERED
 * @param call the call that was answered, whatever the answer is worth; null if none came
 * @param attempts calls made, retries included
 * @param reused whether the answer was there before
 */
public record ImageReview(
        String caseId,
        String status,
        @Nullable String reason,
        String modelId,
        String promptVersion,
        @Nullable Seen seen,
        @Nullable Call call,
        int attempts,
        boolean reused) {

    /**
     * A validated answer.
     *
     * @param failureMode of a closed list
     * @param objects known class to count
     * @param otherObjects what no known class has a word for
     * @param conditions of a closed list
     * @param evidence at most 300 characters
     */
    public record Seen(
            String failureMode,
            Map<String, Integer> objects,
            List<String> otherObjects,
            List<String> conditions,
            String evidence) {}

    /**
     * One answered call.
     *
     * @param answer as it came, cut at a limit
     * @param stopReason why the model stopped
     * @param inputTokens as the service counted them
     * @param outputTokens as the service counted them
     * @param cost dollars at the configured prices
     * @param latencyMillis null in batch
     */
    public record Call(
            String answer,
            String stopReason,
            long inputTokens,
            long outputTokens,
            double cost,
            @Nullable Long latencyMillis) {}
}
