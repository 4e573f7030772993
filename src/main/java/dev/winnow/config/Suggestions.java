package dev.winnow.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name somebody may have meant. */
public final class Suggestions {
    private static final int MAX_EDITS = 3;

    private Suggestions() {}

    /** Returns {@code "; did you mean X?"} for a near name, else the list of known names. */
    public static String nearest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> edits(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> edits(name, candidate) <= Math.min(MAX_EDITS, Math.max(1, name.length() / 2)))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("; known: " + String.join(", ", known));
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
