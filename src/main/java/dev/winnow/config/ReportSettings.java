package dev.winnow.config;

/**
 * The HTML report of a run date.
 *
 * @param path root of the reports; empty: below the warehouse
 * @param thumbnails whether the page holds small copies of images that are files of this machine
 */
public record ReportSettings(String path, boolean thumbnails) {
    static ReportSettings read(Section section) {
        return new ReportSettings(
                section.optionalText("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                section.flag("thumbnails"));
    }
}
