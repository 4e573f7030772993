package dev.winnow.config;

/**
 * Metrics of every stage for CloudWatch.
 *
 * @param namespace namespace of the metrics; empty: there are none
 * @param path root of the files that hold them; empty: standard output
 */
public record MetricsSettings(String namespace, String path) {
    static MetricsSettings read(Section section) {
        String place = "a path, or a URI with s3://, s3a:// or file:";
        return new MetricsSettings(
                section.optionalText(
                        "namespace",
                        name -> name.matches("[A-Za-z0-9_./#-]{1,255}") && !name.startsWith("AWS/"),
                        "1 to 255 letters, digits and any of _./#-, not beginning with AWS/"),
                section.optionalText("path", Uris::writable, place));
    }
}
