package dev.winnow.inputs;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.tables.TableDef;

/** Canonical training set: one row per label, or per class and its number of labels. Never stored. */
final class TrainingLabels {
    static final String LABEL = "label";
    static final String SAMPLES = "samples";
    static final String BURSTS = "bursts";

    /** One row per label. */
    static final TableDef LABELS = TableDef.named("training_labels", "One label that a model was trained on")
            .optional(Inferences.USE_CASE, StringType, "Use case; null: every use case")
            .required(LABEL, StringType, "Class")
            .optional(Inferences.CAMERA_ID, StringType, "Camera; null where it is not known")
            .optional(Inferences.CAPTURED_AT, TimestampType, "When the image was taken; null where it is not known")
            .build();

    /** One row per class, at one value of each dimension. */
    static final TableDef COUNTS = TableDef.named("training_counts", "A class and how often models were trained on it")
            .optional(Inferences.USE_CASE, StringType, "Use case; null: every use case")
            .required(LABEL, StringType, "Class")
            .required(SAMPLES, LongType, "Labels")
            .optional(BURSTS, LongType, "Distinct bursts among them; null: every label counts")
            .build();

    private TrainingLabels() {}
}
