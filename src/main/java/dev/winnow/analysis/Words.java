package dev.winnow.analysis;

/** Texts that others wrote, made fit to be shown on one line. */
final class Words {
    private Words() {}

    /**
     * Returns the text without control, format and line characters, white space collapsed, cut at a length.
     *
     * @param most longest result, in characters; a character of two is not cut in half
     */
    static String clean(String text, int most) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), most));
        boolean gap = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (!visible(c)) {
                gap = true;
                continue;
            }
            boolean space = gap && !clean.isEmpty();
            if (clean.length() + (space ? 1 : 0) + Character.charCount(c) > most) {
                break;
            }
            if (space) {
                clean.append(' ');
            }
            clean.appendCodePoint(c);
            gap = false;
        }
        return clean.toString();
    }

    private static boolean visible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
