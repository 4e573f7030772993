package dev.winnow.labeling.groundtruth;

import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType;
import org.jspecify.annotations.Nullable;

/**
 * How Ground Truth does each task (SageMaker developer guide, built-in task types and input data quotas; API reference,
 * HumanTaskConfig and UiConfig).
 */
enum Task {
    IMAGE_CLASSIFICATION(
            TaskType.IMAGE_CLASSIFICATION,
            "ImageMultiClass",
            "Which class does the image show?",
            "class",
            100_000,
            2,
            Integer.MAX_VALUE,
            "image-classification"),
    /** No built-in verification takes whole images: an own template without functions, whose answers we consolidate. */
    CLASS_VERIFICATION(
            TaskType.CLASS_VERIFICATION,
            null,
            "Is this the right class of the image?",
            "checked-class",
            100_000,
            2,
            Integer.MAX_VALUE,
            null),
    MULTI_LABEL(
            TaskType.MULTI_LABEL,
            "ImageMultiClassMultiLabel",
            "Which classes does the image show?",
            "classes",
            100_000,
            2,
            50,
            null),
    BOUNDING_BOX(
            TaskType.BOUNDING_BOX,
            "BoundingBox",
            "Draw a box around each object",
            "boxes",
            100_000,
            1,
            50,
            "object-detection"),
    BOX_VERIFICATION(
            TaskType.BOX_VERIFICATION,
            "VerificationBoundingBox",
            "Are these boxes right?",
            "box-verdict",
            100_000,
            1,
            Integer.MAX_VALUE,
            null),
    BOX_ADJUSTMENT(
            TaskType.BOX_ADJUSTMENT,
            "AdjustmentBoundingBox",
            "Correct the boxes",
            "adjusted-boxes",
            100_000,
            1,
            50,
            null),
    SEMANTIC_SEGMENTATION(
            TaskType.SEMANTIC_SEGMENTATION,
            "SemanticSegmentation",
            "Paint each object with its class",
            "mask-ref",
            20_000,
            1,
            Integer.MAX_VALUE,
            "semantic-segmentation"),
    TEXT_CLASSIFICATION(
            TaskType.TEXT_CLASSIFICATION,
            "TextMultiClass",
            "Which class does the text have?",
            "class",
            100_000,
            2,
            Integer.MAX_VALUE,
            "text-classification"),
    /** At most ten sequences a manifest. */
    VIDEO_FRAMES(
            TaskType.VIDEO_FRAMES,
            "VideoObjectDetection",
            "Draw a box around each object in the frames",
            "boxes-ref",
            10,
            1,
            30,
            null),
    /** An own template without functions: the batch stands in the line of the manifest, and we consolidate. */
    BATCH_REVIEW(
            TaskType.BATCH_REVIEW,
            null,
            "Is the class right that these images are shown with?",
            "batch-verdict",
            100_000,
            1,
            Integer.MAX_VALUE,
            null),
    POINT_CLOUD(
            TaskType.POINT_CLOUD,
            "3DPointCloudObjectTracking",
            "Follow each object through the point clouds",
            "tracks-ref",
            100_000,
            1,
            30,
            null);

    /** Classes of masks that automated labeling takes. */
    static final int MAX_AUTO_MASK_CLASSES = 20;

    /** The same task in our words. */
    final TaskType type;

    /** Name of its functions after {@code PRE-} and {@code ACS-}; null: it has none. */
    final @Nullable String function;

    /** What workers read unless told otherwise. */
    final String title;

    /** How the label attribute ends; {@code -ref} exactly where the service wants it. */
    final String attribute;

    /** Items of a job. */
    final int maxItems;

    /** Fewest categories that make sense. */
    final int minLabels;

    /** Most categories. */
    final int maxLabels;

    /** Algorithm of automated labeling; null: it can't be had. */
    final @Nullable String algorithm;

    Task(
            TaskType type,
            @Nullable String function,
            String title,
            String attribute,
            int maxItems,
            int minLabels,
            int maxLabels,
            @Nullable String algorithm) {
        this.type = type;
        this.function = function;
        this.title = title;
        this.attribute = attribute;
        this.maxItems = maxItems;
        this.minLabels = minLabels;
        this.maxLabels = maxLabels;
        this.algorithm = algorithm;
    }

    static Task of(TaskType type) {
        return valueOf(type.name());
    }

    /** Whether references name sequence files, whose page the service brings. */
    boolean sequences() {
        return this == VIDEO_FRAMES || this == POINT_CLOUD;
    }

    /** What workers read as title: a configured one is that of the items' own question. */
    String title(TaskSettings asked) {
        return this == BATCH_REVIEW || asked.title().isEmpty() ? title : asked.title();
    }

    /** Name of the page that the service brings for sequences. */
    String page() {
        return this == VIDEO_FRAMES ? "VideoObjectDetection" : "PointCloudObjectTracking";
    }
}
