package dev.winnow.stats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over texts, each with its length, so that no two lists of texts look alike. */
public final class Digest {
    private final MessageDigest sha256;

    /** Begins an empty digest. */
    public Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Returns the SHA-256 of a file's bytes as 64 hexadecimal digits. */
    public static String ofFile(Path file) throws IOException {
        Digest digest = new Digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.sha256.update(buffer, 0, n);
            }
        }
        return digest.hex(64);
    }

    /** Returns the SHA-256 of a text's UTF-8 bytes as 64 hexadecimal digits. */
    public static String ofText(String text) {
        return ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the SHA-256 of bytes as 64 hexadecimal digits. */
    public static String ofBytes(byte[] bytes) {
        Digest digest = new Digest();
        digest.sha256.update(bytes);
        return digest.hex(64);
    }

    /** Adds a text. */
    public Digest add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha256.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        sha256.update(bytes);
        return this;
    }

    /** Returns the first {@code digits} hexadecimal digits, at most 64, and begins anew. */
    public String hex(int digits) {
        return HexFormat.of().formatHex(sha256.digest()).substring(0, digits);
    }
}
