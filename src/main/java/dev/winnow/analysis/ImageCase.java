package dev.winnow.analysis;

import org.jspecify.annotations.Nullable;

/**
 * A misclassified image that is ready to be looked at.
 *
 * @param id names the case, the same in every run; unique among the cases of a call
 * @param imageHash SHA-256 of the prepared image, hexadecimal
 * @param imageUri where the prepared image lies: decoded, turned upright, scaled, and encoded anew without metadata
 * @param mediaType {@code image/jpeg}
 * @param width pixels of the prepared image
 * @param height pixels of the prepared image
 * @param useCase use case
 * @param predictedLabel predicted class; null for a frame without output
 * @param verdict FALSE_POSITIVE, MISSED or RELABELED
 * @param correctedLabel class that people name instead; null where they name none
 */
public record ImageCase(
        String id,
        String imageHash,
        String imageUri,
        String mediaType,
        int width,
        int height,
        String useCase,
        @Nullable String predictedLabel,
        String verdict,
        @Nullable String correctedLabel) {}
