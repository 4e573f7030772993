package dev.winnow.config;

import java.time.DateTimeException;
import java.time.ZoneId;

/** Rules for places and zones. */
final class Uris {
    static final String RULE = "a path, or a URI with s3://, s3a://, hdfs:// or file:";

    static final String WEB_RULE = "a URI with http:// or https://";

    private Uris() {}

    static boolean web(String uri) {
        return uri.matches("https?://.+");
    }

    static boolean absolute(String uri) {
        return uri.matches("(s3|s3a|hdfs|file):.+") || !uri.matches("[a-z][a-z0-9+.-]*:.*");
    }

    /** Places that are written object by object. */
    static boolean writable(String uri) {
        return uri.matches("(s3|s3a)://.+|file:.+") || !uri.matches("[a-z][a-z0-9+.-]*:.*");
    }

    static boolean timeZone(String zone) {
        try {
            ZoneId.of(zone);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
