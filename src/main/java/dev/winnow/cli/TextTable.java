package dev.winnow.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of texts as an aligned table or as CSV. */
final class TextTable {
    /** Cells wider than this are cut; chosen so that a few columns fit on a screen. */
    static final int MAX_WIDTH = 40;

    private static final MathContext DIGITS = new MathContext(6);

    /** Places before or after the point up to which no exponent is written. */
    private static final int PLAIN_DIGITS = 9;

    private static final String GAP = "  ";
    private static final String ELLIPSIS = "…";
    private static final String NULL = "null";

    /** East Asian wide characters and emoji, first and last of each block (Unicode TR 11, in coarse strokes). */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private TextTable() {}

    /**
     * Returns aligned lines: a header, a rule, the rows. Control characters are escaped, so that no cell can move the
     * cursor or break a line.
     */
    static List<String> text(List<String> header, List<? extends List<? extends @Nullable String>> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(header.stream().map(TextTable::cell).toList());
        rows.forEach(row -> {
            List<String> shown = new ArrayList<>();
            row.forEach(value -> shown.add(cell(value)));
            cells.add(shown);
        });
        List<Integer> widths = new ArrayList<>(Collections.nCopies(header.size(), 0));
        for (List<String> row : cells) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), width(row.get(i))));
            }
        }
        cells.add(1, widths.stream().map("-"::repeat).toList());
        return cells.stream().map(row -> line(row, widths)).toList();
    }

    /** Rounds a number to six significant digits, which is what a screen is read for; CSV and JSON have all of them. */
    static String rounded(String number) {
        try {
            BigDecimal rounded = new BigDecimal(number).round(DIGITS).stripTrailingZeros();
            boolean plain = rounded.signum() == 0 || Math.abs(rounded.precision() - rounded.scale()) <= PLAIN_DIGITS;
            return plain ? rounded.toPlainString() : rounded.toString();
        } catch (NumberFormatException e) { // NaN and the infinities
            return number;
        }
    }

    /** Returns CSV as RFC 4180 has it, without line ends; null is an empty field, an empty text is {@code ""}. */
    static List<String> csv(List<String> header, List<? extends List<? extends @Nullable String>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(csvLine(header));
        rows.forEach(row -> lines.add(csvLine(row)));
        return lines;
    }

    private static String csvLine(List<? extends @Nullable String> row) {
        List<String> fields = new ArrayList<>();
        row.forEach(value -> fields.add(csvField(value)));
        return String.join(",", fields);
    }

    private static String csvField(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean plain =
                !value.isEmpty() && value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? value : "\"" + value.replace("\"", "\"\"") + "\"";
    }

    private static String line(List<String> cells, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(cells.get(i));
            line.append(" ".repeat(widths.get(i) - width(cells.get(i))));
        }
        return line.toString().stripTrailing();
    }

    private static String cell(@Nullable String value) {
        String text = value == null ? NULL : escaped(value);
        return width(text) <= MAX_WIDTH ? text : cut(text);
    }

    private static String cut(String text) {
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (int codePoint : text.codePoints().toArray()) {
            used += width(codePoint);
            if (used > MAX_WIDTH - 1) {
                break;
            }
            kept.appendCodePoint(codePoint);
        }
        return kept + ELLIPSIS;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(codePoint -> {
            switch (codePoint) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (invisible(codePoint)) {
                        escaped.append(String.format("\\u%04x", codePoint));
                    } else {
                        escaped.appendCodePoint(codePoint);
                    }
                }
            }
        });
        return escaped.toString();
    }

    /** Controls and what turns the direction of writing. */
    private static boolean invisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static int width(String text) {
        return text.codePoints().map(TextTable::width).sum();
    }

    /** Columns of a terminal that a character takes: wide ones take two, marks none. */
    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return 2;
            }
        }
        return 1;
    }
}
