package dev.winnow.report;

/**
 * Text that came from data, made fit to be read: names, sentences, answers of a model.
 *
 * <p>It is never trusted: the page puts it in as text. Here it loses what would confuse a reader: control characters, those
 * that turn the direction of writing around, invisible ones, and its length.
 */
final class PlainText {
    /** Longest text of the page, in characters; the sentences of a finding are shorter. */
    static final int MAX_LENGTH = 600;

    private static final String CUT = "\u2026";
    private static final int REPLACEMENT = 0xFFFD;

    private PlainText() {}

    /** Returns {@code text} with a replacement for every character that has no place in a line, cut at the limit. */
    static String of(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 1);
        int characters = 0;
        for (int i = 0; i < text.length(); characters++) {
            if (characters == MAX_LENGTH) {
                return clean.append(CUT).toString();
            }
            int character = text.codePointAt(i);
            clean.appendCodePoint(isFit(character) ? character : REPLACEMENT);
            i += Character.charCount(character);
        }
        return clean.toString();
    }

    private static boolean isFit(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
