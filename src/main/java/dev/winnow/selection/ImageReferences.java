package dev.winnow.selection;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which image references a labeling job can take.
 *
 * <p>Ground Truth reads {@code s3://} objects named .jpg, .jpeg or .png; a line is at most 100,000 characters and an
 * attribute 20,000 (SageMaker developer guide, input manifest and supported formats).
 */
public final class ImageReferences {
    private static final int MAX_KEY_BYTES = 1_024;
    private static final Pattern S3 =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^\\p{Cntrl}\\u0085\\u2028\\u2029]+)");
    private static final Pattern IMAGE = Pattern.compile(".*\\.(jpe?g|png)", Pattern.CASE_INSENSITIVE);

    /** Clients that read names as paths would look elsewhere. */
    private static final Pattern DOTS = Pattern.compile("(.*/)?\\.\\.?/.*");

    private ImageReferences() {}

    /** Returns whether a labeling job can take the reference. */
    public static boolean usable(String uri) {
        Matcher s3 = S3.matcher(uri);
        if (!s3.matches()) {
            return false;
        }
        String key = s3.group(2);
        return !s3.group(1).contains("..")
                && key.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES
                && IMAGE.matcher(key).matches()
                && !DOTS.matcher(key).matches();
    }
}
