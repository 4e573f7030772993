package dev.winnow.config;

import java.math.BigDecimal;
import java.util.Locale;

/** How names and numbers are written in configuration files and messages. */
final class Names {
    private Names() {}

    /** Writes {@code ROW_PER} as {@code row-per}. */
    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Writes a number without exponent and without a needless fraction. */
    static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
