package dev.winnow.analysis;

import org.jspecify.annotations.Nullable;

/**
 * A misclassified image that is ready to be looked at.
 *
 * @param id inference id; unique among the cases of a call
 * @param imageHash SHA-256 of the prepared image, hexadecimal
 * @param imageUri where the prepared image lies: re-encoded, rotated, stripped, scaled
 * @param mediaType {@code image/jpeg} or {@code image/png}
 * @param width pixels
 * @param height pixels
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
