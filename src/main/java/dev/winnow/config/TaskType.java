package dev.winnow.config;

/** What people are asked about an item. */
public enum TaskType {
    /** One class of a whole image, without a prediction. */
    IMAGE_CLASSIFICATION,
    /** Whether the predicted class of a whole image is right, and which is where it is not. */
    CLASS_VERIFICATION,
    /** All classes of a whole image. */
    MULTI_LABEL,
    /** Boxes, drawn on the bare image. */
    BOUNDING_BOX,
    /** Whether given boxes are right. */
    BOX_VERIFICATION,
    /** Given boxes, corrected. */
    BOX_ADJUSTMENT,
    /** A class for every pixel. */
    SEMANTIC_SEGMENTATION,
    /** One class of a text, which stands in the place of the image's reference. */
    TEXT_CLASSIFICATION,
    /** Boxes on the frames of a video; the reference names its sequence file. */
    VIDEO_FRAMES,
    /** Objects tracked through point clouds; the reference names their sequence file. */
    POINT_CLOUD,
    /** Of each image of a batch, whether the class that all of them are shown with is right; bulk label QA alone asks it. */
    BATCH_REVIEW;

    /** What the reference of an item stands for. */
    public enum Subject {
        /** An image, by its URI. */
        IMAGE,
        /** A text, which is its own reference. */
        TEXT,
        /** Frames of a video or point clouds, by the URI of their sequence file. */
        SEQUENCE;

        /** Returns the word for it in messages. */
        public String word() {
            return this == SEQUENCE ? "sequence file" : Names.kebab(this);
        }
    }

    /** Returns the name in configuration, files and tables, such as {@code bounding-box}. */
    public String id() {
        return Names.kebab(this);
    }

    /** Returns what its items are. */
    public Subject subject() {
        return switch (this) {
            case TEXT_CLASSIFICATION -> Subject.TEXT;
            case VIDEO_FRAMES, POINT_CLOUD -> Subject.SEQUENCE;
            default -> Subject.IMAGE;
        };
    }

    /** Returns the task that asks the same and shows no prediction; the task itself where it shows none. */
    public TaskType blind() {
        return switch (this) {
            case CLASS_VERIFICATION -> IMAGE_CLASSIFICATION;
            case BOX_VERIFICATION, BOX_ADJUSTMENT -> BOUNDING_BOX;
            default -> this;
        };
    }

    /** Returns whether people see boxes of a model or of an earlier job. */
    public boolean showsBoxes() {
        return this == BOX_VERIFICATION || this == BOX_ADJUSTMENT;
    }

    /** Returns whether an answer is one of the offered categories. */
    public boolean choosesOneClass() {
        return choosesClasses() && this != MULTI_LABEL;
    }

    /** Returns whether two answers to one item can be held against each other: classes, verdicts, boxes on images. */
    public boolean comparable() {
        return choosesClasses() || showsBoxes() || this == BOUNDING_BOX;
    }

    /** Returns whether an answer is one or more of the offered categories, so that there must be one for "nothing". */
    public boolean choosesClasses() {
        return switch (this) {
            case IMAGE_CLASSIFICATION, CLASS_VERIFICATION, MULTI_LABEL, TEXT_CLASSIFICATION -> true;
            default -> false;
        };
    }
}
