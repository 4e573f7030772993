package dev.winnow.analysis;

import java.awt.Dimension;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/** An opaque image in sRGB, 8 bits a channel. Immutable. */
final class Pixels {
    private static final int WHITE = 255;

    private final int width;
    private final int height;

    /** Red, green and blue in one number, row by row from the top. */
    private final int[] rgb;

    private Pixels(int width, int height, int[] rgb) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Reads an image of any color model; what is transparent lies on white. */
    static Pixels of(BufferedImage image) {
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        ColorSpace space = image.getColorModel().getColorSpace();
        if (!indexed && space.getType() == ColorSpace.TYPE_GRAY) {
            return ofGray(image);
        }
        BufferedImage known = image;
        if (!indexed && !space.isCS_sRGB()) {
            known = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
            new ColorConvertOp(null).filter(image, known); // all at once; pixel by pixel it takes minutes
        }
        int width = known.getWidth();
        int[] rgb = new int[Math.multiplyExact(width, known.getHeight())];
        for (int y = 0; y < known.getHeight(); y++) {
            known.getRGB(0, y, width, 1, rgb, y * width, width);
        }
        for (int i = 0; i < rgb.length; i++) {
            int alpha = rgb[i] >>> 24;
            rgb[i] = pack(onWhite(red(rgb[i]), alpha), onWhite(green(rgb[i]), alpha), onWhite(blue(rgb[i]), alpha));
        }
        return new Pixels(width, known.getHeight(), rgb);
    }

    /** Java takes gray for linear light and would lighten it; files hold it as they hold colors. */
    private static Pixels ofGray(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = raster.getWidth();
        int full = (1 << image.getColorModel().getComponentSize(0)) - 1;
        boolean transparent = image.getColorModel().hasAlpha();
        int[] rgb = new int[Math.multiplyExact(width, raster.getHeight())];
        int[] gray = new int[width];
        int[] alpha = new int[width];
        Arrays.fill(alpha, full);
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(0, y, width, 1, 0, gray);
            if (transparent) {
                raster.getSamples(0, y, width, 1, 1, alpha);
            }
            for (int x = 0; x < width; x++) {
                int value = onWhite(toByte(gray[x], full), toByte(alpha[x], full));
                rgb[y * width + x] = pack(value, value, value);
            }
        }
        return new Pixels(width, raster.getHeight(), rgb);
    }

    private static int toByte(int value, int full) {
        return (int) ((value * 255L + full / 2) / full);
    }

    private static int onWhite(int value, int alpha) {
        return (value * alpha + WHITE * (255 - alpha) + 127) / 255;
    }

    private static int pack(int red, int green, int blue) {
        return red << 16 | green << 8 | blue;
    }

    private static int red(int rgb) {
        return rgb >> 16 & 255;
    }

    private static int green(int rgb) {
        return rgb >> 8 & 255;
    }

    private static int blue(int rgb) {
        return rgb & 255;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int count() {
        return rgb.length;
    }

    /** Luma of a pixel in thousandths, 0 to 255,000: .299 R + .587 G + .114 B (ITU-R BT.601). */
    int luma(int pixel) {
        return 299 * red(rgb[pixel]) + 587 * green(rgb[pixel]) + 114 * blue(rgb[pixel]);
    }

    /** Saturation of a pixel in the HSV model (Smith 1978): (max - min) / max of its channels, 0 for black. */
    double saturation(int pixel) {
        int red = red(rgb[pixel]);
        int green = green(rgb[pixel]);
        int blue = blue(rgb[pixel]);
        int max = Math.max(red, Math.max(green, blue));
        int min = Math.min(red, Math.min(green, blue));
        return max == 0 ? 0 : (double) (max - min) / max;
    }

    /** Returns the image as it should be seen, by EXIF's orientation from 1 (as it is) to 8; others count as 1. */
    Pixels upright(int orientation) {
        if (orientation < 2 || orientation > 8) {
            return this;
        }
        boolean sideways = orientation >= 5;
        // A stored pixel (x, y) is seen from the right where columns run backwards, from below where rows do.
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBelow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int seenWidth = sideways ? height : width;
        int[] seen = new int[rgb.length];
        for (int y = 0; y < height; y++) {
            int down = fromBelow ? height - 1 - y : y;
            for (int x = 0; x < width; x++) {
                int right = fromRight ? width - 1 - x : x;
                seen[sideways ? right * seenWidth + down : down * seenWidth + right] = rgb[y * width + x];
            }
        }
        return new Pixels(seenWidth, sideways ? width : height, seen);
    }

    /** Returns the image scaled down so that its longer edge is at most {@code edge}; one that fits stays as it is. */
    Pixels within(int edge) {
        Dimension size = fitted(width, height, edge);
        return size.width == width && size.height == height ? this : scaled(size.width, size.height);
    }

    /** Returns the size that {@link #within} gives an image. */
    static Dimension fitted(int width, int height, int edge) {
        int longer = Math.max(width, height);
        return longer <= edge
                ? new Dimension(width, height)
                : new Dimension(shrunk(width, edge, longer), shrunk(height, edge, longer));
    }

    private static int shrunk(int length, int edge, int longer) {
        return (int) Math.max(1, ((long) length * edge + longer / 2) / longer);
    }

    /**
     * Returns the image at another size: each new pixel is the mean of the area that it covers, in whole numbers, so that
     * the result is the same on every machine.
     */
    Pixels scaled(int toWidth, int toHeight) {
        long area = (long) width * height;
        int[] scaled = new int[Math.multiplyExact(toWidth, toHeight)];
        long[] sums = new long[3 * toWidth];
        for (int y = 0; y < toHeight; y++) {
            Arrays.fill(sums, 0);
            // Measured in toHeight-ths of a row (and in toWidth-ths of a column) all overlaps are whole numbers.
            long top = (long) y * height;
            long bottom = top + height;
            for (int row = (int) (top / toHeight); (long) row * toHeight < bottom; row++) {
                long overlap = Math.min(bottom, (row + 1L) * toHeight) - Math.max(top, (long) row * toHeight);
                addRow(row, overlap, toWidth, sums);
            }
            for (int x = 0; x < toWidth; x++) {
                scaled[y * toWidth + x] =
                        pack((int) ((sums[3 * x] + area / 2) / area), (int) ((sums[3 * x + 1] + area / 2) / area), (int)
                                ((sums[3 * x + 2] + area / 2) / area));
            }
        }
        return new Pixels(toWidth, toHeight, scaled);
    }

    private void addRow(int row, long weight, int toWidth, long[] sums) {
        for (int x = 0; x < toWidth; x++) {
            long left = (long) x * width;
            long right = left + width;
            for (int column = (int) (left / toWidth); (long) column * toWidth < right; column++) {
                long overlap = Math.min(right, (column + 1L) * toWidth) - Math.max(left, (long) column * toWidth);
                int color = rgb[row * width + column];
                sums[3 * x] += weight * overlap * red(color);
                sums[3 * x + 1] += weight * overlap * green(color);
                sums[3 * x + 2] += weight * overlap * blue(color);
            }
        }
    }

    /** Returns the image for an encoder. */
    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.getRaster().setDataElements(0, 0, width, height, rgb);
        return image;
    }
}
