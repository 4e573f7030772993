package dev.winnow.runtime;

import dev.winnow.config.TaskType.Subject;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which references a labeling job can take, by what they stand for.
 *
 * <p>Ground Truth reads {@code s3://} objects, images named .jpg, .jpeg or .png and sequence files named .json; a text stands
 * in the line itself. A line is at most 100,000 characters and an attribute 20,000 (SageMaker developer guide, input manifest
 * and supported formats).
 */
public final class ItemReferences {
    /** Longest value of a line, characters of the JSON that is written: what is not ASCII takes six. */
    public static final int MAX_VALUE = 20_000;

    /** Characters that the JSON of one may take. */
    private static final int MOST_ESCAPED = 6;

    private static final int MAX_SHOWN = 200;
    private static final int MAX_KEY_BYTES = 1_024;
    private static final Pattern S3 =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^\\p{Cntrl}\\u0085\\u2028\\u2029]+)");
    private static final Pattern IMAGE = Pattern.compile(".*\\.(jpe?g|png)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SEQUENCE = Pattern.compile(".*\\.json", Pattern.CASE_INSENSITIVE);

    /** Clients that read names as paths would look elsewhere. */
    private static final Pattern DOTS = Pattern.compile("(.*/)?\\.\\.?/.*");

    /** A storage's place, blanks in it too; a path or an image of one word; any other place than a page of the web. */
    private static final Pattern FILE = Pattern.compile(
            "(?:s3[an]?|file|hdfs|gs|abfss?|wasbs?|dbfs):/.*|/\\S+\\.\\w{1,5}|\\S+\\.(?:jpe?g|png|webp|tiff?|bmp|gif)"
                    + "|(?!https?:)[a-z][a-z0-9+.-]*://\\S+",
            Pattern.CASE_INSENSITIVE);

    private ItemReferences() {}

    /** Returns whether a labeling job can take the reference. */
    public static boolean usable(Subject subject, String reference) {
        return switch (subject) {
            case IMAGE -> onS3(reference, IMAGE);
            case SEQUENCE -> onS3(reference, SEQUENCE);
            case TEXT -> !reference.isBlank() && !namesFile(reference) && !tooLong(reference);
        };
    }

    /** Returns what a reference must be, after "must give". */
    public static String rule(Subject subject) {
        return switch (subject) {
            case IMAGE -> "s3://bucket/key with .jpg, .jpeg or .png at the end";
            case SEQUENCE -> "s3://bucket/key of a sequence file, with .json at the end";
            case TEXT -> "the text itself, not where it lies, and no empty one";
        };
    }

    private static boolean onS3(String uri, Pattern name) {
        Matcher s3 = S3.matcher(uri);
        if (!s3.matches()) {
            return false;
        }
        String key = s3.group(2);
        return !s3.group(1).contains("..")
                && key.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES
                && name.matcher(key).matches()
                && !DOTS.matcher(key).matches();
    }

    /** Returns whether people asked about a text would read the name of a file: one word that is a path or an image. */
    public static boolean namesFile(String text) {
        return FILE.matcher(text).matches();
    }

    /** Returns whether no line of a manifest can hold the reference. */
    public static boolean tooLong(String reference) {
        int length = 2; // its quotes
        for (int i = 0; i < reference.length() && length <= MAX_VALUE; i++) {
            length += escaped(reference.charAt(i));
        }
        return length > MAX_VALUE;
    }

    private static int escaped(char c) {
        return switch (c) {
            case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
            default -> c < ' ' || c > '~' + 1 ? MOST_ESCAPED : 1;
        };
    }

    /** Returns a reference as a message may show it: a text by its length alone. */
    public static String shown(Subject subject, String reference) {
        if (subject == Subject.TEXT && !namesFile(reference)) {
            return "a text of " + reference.length() + " characters";
        }
        return reference.length() <= MAX_SHOWN
                ? reference
                : reference.substring(0, reference.offsetByCodePoints(0, MAX_SHOWN / 2)) + "...";
    }
}
