package dev.winnow.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;

/** Names a piece of work: the same work has the same id, wherever and however often it runs. */
public final class RunIds {
    private static final int BYTES = 8;

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
        MessageDigest digest = sha256();
        for (String field : List.of(pipeline, stage, runDate.toString(), semantic, inputFingerprint)) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            // Lengths keep neighbouring fields apart: ("ab", "c") is other work than ("a", "bc").
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
