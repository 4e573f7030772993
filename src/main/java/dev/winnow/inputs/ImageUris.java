package dev.winnow.inputs;

import static org.apache.spark.sql.functions.regexp_replace;

import org.apache.spark.sql.Column;

/** Names of images: on S3 one object has one name, which logs may write as {@code s3a://} or {@code s3n://}. */
public final class ImageUris {
    private static final String SCHEME = "s3://";
    private static final String OTHER_SCHEMES = "^s3[an]://";

    private ImageUris() {}

    /** Returns the name by which images are told apart, and by which labeling services know them: {@code s3://}. */
    public static Column canonical(Column uri) {
        return regexp_replace(uri, OTHER_SCHEMES, SCHEME);
    }

    /** Returns the same of one name. */
    public static String canonical(String uri) {
        return uri.replaceFirst(OTHER_SCHEMES, SCHEME);
    }
}
