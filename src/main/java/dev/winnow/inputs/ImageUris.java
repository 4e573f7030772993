package dev.winnow.inputs;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/** Names of images: on S3 one object has one name, which logs may write as {@code s3a://} or {@code s3n://}. */
public final class ImageUris {
    private static final String SCHEME = "s3://";
    private static final String OTHER_SCHEMES = "^s3[an]://";

    private ImageUris() {}

    /** Returns the name by which images are told apart, and by which labeling services know them: {@code s3://}. */
    public static Column canonical(Column uri) {
        // Asked of every row of the facts, where a regular expression would tell.
        Column other = uri.startsWith("s3a://").or(uri.startsWith("s3n://"));
        return when(other, concat(lit(SCHEME), substring(uri, SCHEME.length() + 2, Integer.MAX_VALUE)))
                .otherwise(uri);
    }

    /** Returns the same of one name. */
    public static String canonical(String uri) {
        return uri.replaceFirst(OTHER_SCHEMES, SCHEME);
    }
}
