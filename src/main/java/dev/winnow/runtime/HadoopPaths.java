package dev.winnow.runtime;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Places as the Hadoop file systems of this cluster understand them. */
public final class HadoopPaths {
    private static final String S3 = "s3://";
    private static final String S3A = "s3a://";

    private HadoopPaths() {}

    /** Returns {@code uri}, with {@code s3a:} for {@code s3:} where the cluster knows no {@code s3:} (EMR does). */
    public static String resolve(Configuration hadoop, String uri) {
        return uri.startsWith(S3) && !knowsS3(hadoop) ? S3A + uri.substring(S3.length()) : uri;
    }

    private static boolean knowsS3(Configuration hadoop) {
        try {
            FileSystem.getFileSystemClass("s3", hadoop);
            return true;
        } catch (IOException e) { // the scheme has no file system here
            return false;
        }
    }
}
