package dev.winnow.stats;

/**
 * An upright rectangle, pixels from the top left.
 *
 * @param left smaller x
 * @param top smaller y
 * @param right larger x
 * @param bottom larger y
 */
public record Box(double left, double top, double right, double bottom) {
    /** Returns whether the box has an area; NaN has none. */
    public boolean valid() {
        return right > left && bottom > top && area() < Double.POSITIVE_INFINITY;
    }

    /** Returns the area, square pixels; 0 for an empty or inverted box. */
    public double area() {
        return right > left && bottom > top ? (right - left) * (bottom - top) : 0;
    }

    /** Returns intersection over union, a fraction; 0 where a box is empty or inverted. */
    public double iou(Box other) {
        double width = Math.min(right, other.right) - Math.max(left, other.left);
        double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        if (!(width > 0 && height > 0 && valid() && other.valid())) {
            return 0;
        }
        double both = width * height;
        return both / (area() + other.area() - both);
    }
}
