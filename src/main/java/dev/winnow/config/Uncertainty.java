package dev.winnow.config;

/** What tells that a model is unsure of a prediction. */
public enum Uncertainty {
    /** The confidence of the predicted class alone. */
    CONFIDENCE,
    /** How far the highest score is from certainty. */
    LEAST_CONFIDENCE,
    /** How close the two highest scores are to each other. */
    MARGIN,
    /** What share of the highest score the second one is. */
    RATIO,
    /** Entropy of all scores. */
    ENTROPY
}
