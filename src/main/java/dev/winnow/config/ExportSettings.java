package dev.winnow.config;

import java.util.List;

/**
 * How labels leave as a training set.
 *
 * @param path root of the training sets; empty: the folder {@code exports} of the labeling path
 * @param format what the files are
 * @param labelAttribute attribute of a manifest's line that holds the label
 * @param train share of the cameras whose items train, fraction
 * @param validation share of the cameras whose items validate, fraction; the rest tests
 * @param audit whether the audit is written, to a file of its own; it never trains
 * @param leaveOut answers that name no class to learn
 * @param autoLabels whether labels that were made without people are written, too; void ones never are
 * @param salt another salt is another split
 */
public record ExportSettings(
        String path,
        Format format,
        String labelAttribute,
        double train,
        double validation,
        boolean audit,
        List<String> leaveOut,
        boolean autoLabels,
        String salt) {

    /** What the files of a training set are. */
    public enum Format {
        /** JSON Lines as SageMaker Ground Truth writes and SageMaker's training reads them. */
        AUGMENTED_MANIFEST,
        /** One JSON file of images, boxes and categories; boxes alone. */
        COCO,
        /** One row an item. */
        PARQUET
    }

    /** Own keys of a manifest's line, which no label attribute may be named like. */
    public static final List<String> KEYS = List.of(
            "source-ref",
            "item-id",
            "use-case",
            "round-id",
            "signal",
            "site-id",
            "camera-id",
            "captured-at",
            "model-version",
            "split",
            "weight");

    private static final double ROUNDING = 1e-9;

    static ExportSettings read(Section section) {
        double[] shares =
                section.object("split", split -> new double[] {
                    split.number("train", 0, 1), split.number("validation", 0, 1), split.number("test", 0, 1)
                });
        if (Math.abs(shares[0] + shares[1] + shares[2] - 1) > ROUNDING) {
            section.problem(
                    "split",
                    ": train, validation and test are shares of the cameras and must add up to 1, not "
                            + Names.plain(shares[0] + shares[1] + shares[2]));
        }
        return new ExportSettings(
                section.optionalText("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                section.oneOf("format", Format.class),
                section.text(
                        "label-attribute",
                        name -> name.matches("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,117}")
                                && !name.endsWith("-metadata")
                                && !KEYS.contains(name),
                        "a name of letters, digits and hyphens, at most 118 characters, not ending in -metadata and none"
                                + " of " + KEYS),
                shares[0],
                shares[1],
                section.flag("audit"),
                section.texts("leave-out"),
                section.flag("auto-labels"),
                section.text("salt", text -> true, "a text"));
    }
}
