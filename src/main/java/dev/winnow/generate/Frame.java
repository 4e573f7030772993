package dev.winnow.generate;

import dev.winnow.generate.UseCase.ObjectClass;
import org.jspecify.annotations.Nullable;

/**
 * One frame: what the model said and what is true.
 *
 * @param scene what it shares with its burst
 * @param inferenceHash its id as a number
 * @param epochDay UTC day
 * @param number position within the day
 * @param capturedMicros microseconds since 1970-01-01 UTC
 * @param brightness 0 black to 1 white
 * @param objectSize fraction of the frame the box fills; NaN without output
 * @param predicted what the model said; null for a frame without output
 * @param confidence of the prediction; NaN without output
 * @param truth what is truly there; null for nothing
 * @param falseAlarmProbability with which the alarm was made wrong; NaN without output
 * @param defect how the row breaks the contract, if it does
 * @param hash key of the frame's draws
 */
record Frame(
        Scene scene,
        long inferenceHash,
        long epochDay,
        long number,
        long capturedMicros,
        double brightness,
        double objectSize,
        @Nullable ObjectClass predicted,
        double confidence,
        @Nullable ObjectClass truth,
        double falseAlarmProbability,
        Defect defect,
        long hash) {

    /** Returns whether the model said something that is not so. */
    boolean isFalseAlarm() {
        return predicted != null && !predicted.equals(truth);
    }

    /** Returns whether the model said nothing though something is there. */
    boolean isMissed() {
        return predicted == null && truth != null;
    }

    /** Returns the path of the image below {@link FleetSettings#BUCKET}. */
    String imagePath() {
        return scene.imageFolder() + number + ".jpg";
    }

    /** Returns the inference's id as it is logged. */
    String inferenceId() {
        return Ids.hex(inferenceHash);
    }

    /** How a row breaks the contract. */
    enum Defect {
        NONE,
        CONFIDENCE_NAN,
        CONFIDENCE_ABOVE_ONE,
        CONFIDENCE_NEGATIVE,
        NO_INFERENCE_ID,
        NO_CAMERA,
        NO_TIME
    }
}
