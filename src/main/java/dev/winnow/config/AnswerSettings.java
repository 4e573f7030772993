package dev.winnow.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers that come back from labeling.
 *
 * @param table a plain table of answers, one a row; may be absent
 * @param exports name to what a labeling service left, sorted by name
 * @param workerKeyVariable environment variable that holds the key of worker pseudonyms; empty: they depend on the
 *     pipeline's name alone
 * @param maxAnswers answers that one run may read from exports; they pass through the driver
 */
public record AnswerSettings(
        InputSettings table, Map<String, Export> exports, String workerKeyVariable, int maxAnswers) {

    /** Canonical columns of an answer table that a mapping may set. */
    public static final List<String> COLUMNS = List.of(
            "item_id",
            "worker_id",
            "label",
            "use_case",
            "job_name",
            "repetition",
            "gold",
            "expert",
            "submitted_at",
            "seconds_spent",
            "guideline_version");

    /** What wrote an export. */
    public enum Kind {
        /** Output folders of SageMaker Ground Truth jobs, or single files of them. */
        GROUND_TRUTH,
        /** JSON exports of Label Studio. */
        LABEL_STUDIO,
        /** Output of Amazon A2I human loops. */
        A2I
    }

    /**
     * One place where answers lie.
     *
     * @param kind what wrote it
     * @param path an object, or a folder of which all objects are read
     * @param useCase use case of items that no selection names
     * @param labelAttribute label attribute of output manifests; empty: every attribute with a metadata block
     * @param guidelineVersion version of the labeling guideline the answers follow; empty: not known
     * @param experts whether its workers are experts, whose answers decide
     */
    public record Export(
            Kind kind, String path, String useCase, String labelAttribute, String guidelineVersion, boolean experts) {
        static Export read(Section section) {
            return new Export(
                    section.oneOf("kind", Kind.class),
                    section.text("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                    section.optionalText("use-case", t -> true, "a text"),
                    section.optionalText("label-attribute", t -> true, "a text"),
                    section.optionalText("guideline-version", t -> true, "a text"),
                    section.has("experts") && section.flag("experts"));
        }
    }

    static AnswerSettings read(Section section) {
        section.refuse("dimensions", "answers belong to items, whose dimensions the inferences tell");
        section.refuse("partition-filter", "every run reads all answers, so that repeating it counts none twice");
        InputSettings table = InputSettings.read(section, "answers", COLUMNS, "");
        return new AnswerSettings(
                table,
                new TreeMap<>(section.entries("exports", "", Export::read)),
                section.optionalText(
                        "worker-key-variable",
                        name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"),
                        "a name of an environment variable"),
                section.integer("max-answers", 1, 10_000_000));
    }
}
