package dev.winnow.stats;

/**
 * Score of a slice: how far its mean error is above that of all rows, minus a price for being small. All rows score 0.
 *
 * <p>Source: SliceLine, Sagadeeva and Boehm (2021). Errors are 0 or 1, or weights.
 *
 * @param rows number of all rows, positive
 * @param errors sum of errors over all rows, positive: without errors there is nothing to look for
 * @param weight of the error against the size, in (0, 1]; usual is 0.95
 */
public record SliceScore(double rows, double errors, double weight) {
    /** Refuses data without rows or without errors. */
    public SliceScore {
        if (!(rows > 0 && errors > 0 && weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException(
                    "Expected rows and errors > 0 and a weight in (0, 1], got " + rows + ", " + errors + ", " + weight);
        }
    }

    /**
     * Returns weight * (mean error of slice / mean error - 1) - (1 - weight) * (rows / size - 1).
     *
     * @param size rows of the slice, positive
     * @param sliceErrors sum of errors over the slice, not negative
     */
    public double of(double size, double sliceErrors) {
        if (!(size > 0 && sliceErrors >= 0)) {
            throw new IllegalArgumentException(
                    "Expected size > 0 and errors >= 0, got " + size + " and " + sliceErrors);
        }
        return weight * (sliceErrors / size / (errors / rows) - 1) - (1 - weight) * (rows / size - 1);
    }

    /**
     * Returns a score that no slice inside of all the given ones exceeds, if it has at least {@code minSize} rows;
     * negative infinity where none can have as many. It holds up to rounding: leave a slice out only where its bound is
     * below the wanted score by more than 1e-9 of it, so that ties stay in.
     *
     * <p>Of a slice of s rows the errors are at most min(parentErrors, s * parentMaxError). Up to s = parentErrors /
     * parentMaxError the score grows with s, from there on it is monotone, so that three sizes decide.
     *
     * @param parentSize rows of the smallest slice around it
     * @param parentErrors smallest sum of errors of the slices around it, not negative
     * @param parentMaxError smallest among the largest single errors of the slices around it, not negative
     * @param minSize the support, positive
     */
    public double upperBound(double parentSize, double parentErrors, double parentMaxError, double minSize) {
        if (!(minSize > 0 && parentErrors >= 0 && parentMaxError >= 0)) {
            throw new IllegalArgumentException("Expected support > 0 and errors >= 0, got " + minSize + ", "
                    + parentErrors + ", " + parentMaxError);
        }
        if (!(parentSize >= minSize)) {
            return Double.NEGATIVE_INFINITY;
        }
        double turn = parentMaxError == 0 ? minSize : parentErrors / parentMaxError;
        double size = Math.max(minSize, Math.min(parentSize, turn));
        return Math.max(
                of(size, Math.min(parentErrors, size * parentMaxError)),
                Math.max(
                        of(minSize, Math.min(parentErrors, minSize * parentMaxError)),
                        of(parentSize, Math.min(parentErrors, parentSize * parentMaxError))));
    }
}
