package dev.winnow.runtime;

import dev.winnow.stats.Digest;
import java.time.LocalDate;
import java.util.List;

/** Names a piece of work: the same work has the same id, wherever and however often it runs. */
public final class RunIds {
    private static final int DIGITS = 16;

    private RunIds() {}

    /**
     * Returns the run id, 16 hexadecimal digits.
     *
     * @param stage command that does this work alone
     * @param semantic configuration that decides results, without places, credentials and sizing
     * @param inputFingerprint hash of the input, or empty if the stage reads none
     */
    public static String of(
            String pipeline, String stage, LocalDate runDate, String semantic, String inputFingerprint) {
        Digest digest = new Digest();
        List.of(pipeline, stage, runDate.toString(), semantic, inputFingerprint).forEach(digest::add);
        return digest.hex(DIGITS);
    }
}
