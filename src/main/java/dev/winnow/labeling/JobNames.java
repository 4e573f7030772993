package dev.winnow.labeling;

import dev.winnow.stats.Digest;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of labeling jobs.
 *
 * <p>Letters, digits and hyphens, unique in an account without regard to case (SageMaker API reference,
 * CreateLabelingJob).
 */
final class JobNames {
    private static final int HASH_DIGITS = 8;

    /** Longest name that a service takes as it is. */
    private static final int MAX_LENGTH = 63;

    /** Round, shard and hash, as {@link #of} writes them. */
    private static final Pattern TAIL = Pattern.compile("-\\d{4}-\\d\\d-\\d\\d-\\d+-\\d+-[0-9a-f]{8}$");

    private JobNames() {}

    /**
     * Returns the name of one shard of a use case in a round; the same round gives the same name.
     *
     * <p>A hash ends every name: pipeline {@code a-b} with use case {@code c} reads like {@code a} with {@code b-c}.
     *
     * @param maxLength of the name, characters; at least 40
     */
    static String of(String pipeline, String roundId, String useCase, int shard, int maxLength) {
        String exact = pipeline + "\n" + useCase + "\n" + roundId + "\n" + shard;
        String tail = "-" + legal(roundId) + "-" + shard + "-"
                + new Digest().add(exact).hex(HASH_DIGITS);
        String head = legal(pipeline + "-" + useCase);
        return cut(head, maxLength - tail.length()) + tail;
    }

    private static String cut(String head, int length) {
        return head.substring(0, Math.min(head.length(), length)).replaceAll("-+$", "");
    }

    /**
     * Returns the name of a further attempt at a job whose name is used up.
     *
     * @param ordinal of the attempt, from 2
     */
    static String again(String name, int ordinal) {
        Matcher tail = TAIL.matcher(name);
        String end = (tail.find() ? tail.group() : "") + "-" + ordinal;
        return cut(tail.replaceFirst(""), MAX_LENGTH - end.length()) + end; // the hash in it keeps it unique
    }

    private static String legal(String text) {
        String legal =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return legal.isEmpty() ? "x" : legal;
    }
}
