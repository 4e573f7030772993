package dev.winnow.generate;

import java.util.HexFormat;

/** How identifiers are spelled. */
final class Ids {
    private static final HexFormat HEX = HexFormat.of();

    private Ids() {}

    /** Returns 16 lowercase hexadecimal digits. */
    static String hex(long hash) {
        return HEX.toHexDigits(hash);
    }

    /** Returns a letter and the number with leading zeros, at least {@code digits} of them in all. */
    static String padded(char letter, int number, int digits) {
        String text = Integer.toString(number);
        return letter + "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
