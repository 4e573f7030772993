package dev.winnow.ports;

import java.util.regex.Pattern;

/** What a run says to people: names in it may hold anything. */
public final class Sentences {
    private static final Pattern BREAKS = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9F}\\x{2028}\\x{2029}]+");
    private static final Pattern ENDLESS = Pattern.compile("(\\S{200})\\S{200,}");

    private Sentences() {}

    /** Returns the text as one line, in which words that nobody would read to their end are cut. */
    public static String oneLine(String text) {
        return ENDLESS.matcher(BREAKS.matcher(text).replaceAll(" ")).replaceAll("$1...");
    }
}
