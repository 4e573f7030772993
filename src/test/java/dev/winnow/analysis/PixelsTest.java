package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PixelsTest {
    /** Rows of the pixels, each a letter by its blue channel. */
    private static String letters(Pixels pixels) {
        BufferedImage image = pixels.image();
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                text.append((char) (image.getRGB(x, y) & 255));
            }
            text.append(y + 1 < image.getHeight() ? "/" : "");
        }
        return text.toString();
    }

    /** How each orientation has to be turned, as the EXIF standard pictures it on the letter F. */
    @ParameterizedTest
    @CsvSource({
        "0, abc/def",
        "1, abc/def",
        "2, cba/fed",
        "3, fed/cba",
        "4, def/abc",
        "5, ad/be/cf",
        "6, da/eb/fc",
        "7, fc/eb/da",
        "8, cf/be/ad",
        "9, abc/def",
    })
    void anImageIsTurnedAsItsOrientationAsks(int orientation, String seen) {
        Pixels stored = Pixels.of(Images.image(3, 'a', 'b', 'c', 'd', 'e', 'f'));
        assertThat(letters(stored.upright(orientation))).isEqualTo(seen);
    }

    @Test
    void aSmallerPixelIsTheMeanOfTheAreaItCovers() {
        Pixels pixels = Pixels.of(Images.image(3, 0x000010, 0x000020, 0x000030, 0x000010, 0x000020, 0x000030));
        BufferedImage half = pixels.scaled(2, 1).image();
        // One and a half pixels each: (16 + 32 / 2) / 1.5 and (32 / 2 + 48) / 1.5.
        assertThat(half.getRGB(0, 0) & 0xFFFFFF).isEqualTo(21);
        assertThat(half.getRGB(1, 0) & 0xFFFFFF).isEqualTo(43);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void scalingKeepsTheMeanOfAnImage(long seed) {
        Random random = new Random(seed);
        int width = 20 + random.nextInt(60);
        int height = 20 + random.nextInt(60);
        Pixels pixels = Pixels.of(Images.noise(width, height, seed));
        double before = ImageMeasures.of(pixels).brightness();
        double after = ImageMeasures.of(pixels.scaled(1 + random.nextInt(40), 1 + random.nextInt(40)))
                .brightness();
        assertThat(after).as("%d x %d", width, height).isCloseTo(before, within(0.003));
    }

    @ParameterizedTest
    @CsvSource({
        "4000, 3000, 1568, 1568, 1176",
        "100, 50, 1568, 100, 50",
        "1, 8000, 1568, 1, 1568",
        "1568, 3, 1568, 1568, 3"
    })
    void theLongerEdgeIsCutToItsLimitAndNothingIsEnlarged(
            int width, int height, int edge, int newWidth, int newHeight) {
        Pixels pixels = Pixels.of(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB))
                .within(edge);
        assertThat(pixels.width()).isEqualTo(newWidth);
        assertThat(pixels.height()).isEqualTo(newHeight);
    }

    @Test
    void grayStaysAsGrayAsTheFileSays() {
        BufferedImage gray = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(0, 0, 0, 100);
        assertThat(Pixels.of(gray).luma(0)).isEqualTo(100_000);

        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 100 * 257);
        assertThat(Pixels.of(deep).luma(0)).isEqualTo(100_000);
    }

    @Test
    void whatIsTransparentLiesOnWhite() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00000000);
        image.setRGB(1, 0, 0x80000000);
        assertThat(Pixels.of(image).luma(0)).isEqualTo(255_000);
        assertThat(Pixels.of(image).luma(1)).isEqualTo(127_000);

        ComponentColorModel grayAndAlpha = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                BufferedImage.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, 1, 2, null);
        raster.setPixel(0, 0, new int[] {100, 128});
        // 100 x 128 / 255 + 127
        assertThat(Pixels.of(new BufferedImage(grayAndAlpha, raster, false, null))
                        .luma(0))
                .isEqualTo(177_000);
    }
}
