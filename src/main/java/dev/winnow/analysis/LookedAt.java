package dev.winnow.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The image of a misclassified inference of the sample.
 *
 * @param image the inference
 * @param uri its image; several inferences may be on one
 * @param camera camera
 * @param weight misclassified images that it stands for, near-duplicates taken as one: 1 / inclusion probability
 * @param seen words for what the model saw; null where no model answered
 * @param named class that people named instead; null where they named none
 */
record LookedAt(
        String image,
        String uri,
        String camera,
        double weight,
        @Nullable Set<String> seen,
        @Nullable String named) {}
