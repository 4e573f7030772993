package dev.winnow.labeling;

import dev.winnow.stats.Digest;
import java.util.Locale;

/**
 * Names of labeling jobs.
 *
 * <p>At most 63 letters, digits and hyphens, unique in an account without regard to case (SageMaker API reference,
 * CreateLabelingJob).
 */
final class JobNames {
    private static final int MAX_LENGTH = 63;
    private static final int HASH_DIGITS = 8;

    private JobNames() {}

    /**
     * Returns the name of one shard of a use case in a round; the same round gives the same name.
     *
     * <p>A hash ends every name: pipeline {@code a-b} with use case {@code c} reads like {@code a} with {@code b-c}.
     */
    static String of(String pipeline, String roundId, String useCase, int shard) {
        String exact = pipeline + "\n" + useCase + "\n" + roundId + "\n" + shard;
        String tail = "-" + legal(roundId) + "-" + shard + "-"
                + new Digest().add(exact).hex(HASH_DIGITS);
        String head = legal(pipeline + "-" + useCase);
        return head.substring(0, Math.min(head.length(), MAX_LENGTH - tail.length()))
                        .replaceAll("-+$", "")
                + tail;
    }

    private static String legal(String text) {
        String legal =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return legal.isEmpty() ? "x" : legal;
    }
}
