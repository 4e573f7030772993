package dev.winnow.config;

import java.util.Map;

/**
 * Where labeling manifests go.
 *
 * @param path root of the rounds
 * @param maxLines lines per manifest, at most 100,000 (Ground Truth's limit of items per job)
 * @param checkImages whether selected images are checked to exist before the round closes
 * @param imageAliases URI prefix of images to the prefix where they are read from, for local copies
 */
public record LabelingSettings(String path, int maxLines, boolean checkImages, Map<String, String> imageAliases) {
    static LabelingSettings read(Section section) {
        return new LabelingSettings(
                section.text("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                section.integer("max-lines", 1, 100_000),
                section.flag("check-images"),
                section.textMap("image-aliases", key -> true, ""));
    }
}
