package dev.winnow.analysis;

import dev.winnow.stats.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which class a word of a model or a customer means.
 *
 * <p>Words are data of strangers: letters and digits are kept, anything else is a space, so that a table of classes holds
 * no markup and no control characters.
 */
final class Synonyms {
    private static final String RESOURCE = "synonyms.tsv";
    private static final String VERSION = "# version: ";
    private static final int MAX_LENGTH = 64;
    private static final int SHORTEST_PLURAL = 4;

    private final String version;
    private final Map<String, String> classes;

    private Synonyms(String version, Map<String, String> classes) {
        this.version = version;
        this.classes = classes;
    }

    /**
     * Reads the table that comes with Winnow.
     *
     * @param additions further word to the class it means; they win over the table
     */
    static Synonyms with(Map<String, String> additions) {
        Map<String, String> classes = new HashMap<>();
        String version = "";
        for (String line : lines()) {
            if (line.startsWith(VERSION)) {
                version = line.substring(VERSION.length());
            } else if (!line.startsWith("#")) {
                String[] parts = line.split("\t", 2);
                for (String word : parts[1].split(",", -1)) {
                    classes.put(normal(word), normal(parts[0]));
                }
            }
        }
        if (!additions.isEmpty()) {
            Digest digest = new Digest();
            new TreeMap<>(additions).forEach((word, meant) -> {
                digest.add(word).add(meant);
                classes.put(normal(word), normal(meant));
            });
            version += "+" + digest.hex(8);
        }
        return new Synonyms(version, classes);
    }

    private static List<String> lines() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Synonyms.class.getResourceAsStream(RESOURCE), RESOURCE),
                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Version of the table; with additions, also a hash of them. */
    String version() {
        return version;
    }

    /** Prepares to tell the classes of a use case from other words. */
    Vocabulary of(Collection<String> known) {
        Map<String, String> byName = new HashMap<>();
        Map<String, String> byMeaning = new HashMap<>();
        for (String label : new TreeSet<>(known)) {
            byName.putIfAbsent(normal(label), label);
            byMeaning.putIfAbsent(meaning(normal(label)), label);
        }
        return new Vocabulary(Set.copyOf(known), byName, byMeaning);
    }

    private String meaning(String normal) {
        return classes.getOrDefault(normal, normal);
    }

    private static String normal(String text) {
        String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        return Normalizer.normalize(cut, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }

    /** The classes of one use case. */
    final class Vocabulary {
        private final Set<String> known;
        private final Map<String, String> byName;
        private final Map<String, String> byMeaning;

        private Vocabulary(Set<String> known, Map<String, String> byName, Map<String, String> byMeaning) {
            this.known = known;
            this.byName = byName;
            this.byMeaning = byMeaning;
        }

        /**
         * Returns the class that a word means: a known one as it is written there, another one in small letters, digits
         * and spaces; empty if the word has no letter or digit.
         */
        Optional<String> classOf(String word) {
            if (known.contains(word)) { // classes may differ in case or signs alone
                return Optional.of(word);
            }
            String normal = normal(word);
            if (normal.isEmpty()) {
                return Optional.empty();
            }
            boolean plural = normal.length() >= SHORTEST_PLURAL && normal.endsWith("s");
            String singular = plural ? normal.substring(0, normal.length() - 1) : normal;
            for (String form : List.of(normal, singular)) {
                String label = byName.getOrDefault(form, byMeaning.get(meaning(form)));
                if (label != null) {
                    return Optional.of(label);
                }
            }
            // A plural is told from a word that ends in s only where the table has its singular.
            String fallback = classes.containsValue(singular) ? singular : normal;
            return Optional.of(classes.getOrDefault(normal, classes.getOrDefault(singular, fallback)));
        }
    }
}
