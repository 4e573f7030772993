package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageMeasuresTest {
    private static final int BLACK = 0x000000;
    private static final int WHITE = 0xFFFFFF;

    private final Map<String, Pixels> photos = new TreeMap<>();

    @BeforeAll
    void read() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../shared/data/cats_photos_a/photos"))) {
            for (Path file : files.toList()) {
                photos.put(file.getFileName().toString(), Pixels.of(ImageIO.read(file.toFile())));
            }
        }
        assertThat(photos).hasSize(30);
    }

    private static ImageMeasures measures(BufferedImage image) {
        return ImageMeasures.of(Pixels.of(image));
    }

    @Test
    void blackAndWhiteInEqualPartsHaveTheHighestContrastAndNoSaturation() {
        ImageMeasures measures = measures(Images.image(2, BLACK, WHITE, WHITE, BLACK));
        assertThat(measures.brightness()).isEqualTo(0.5);
        assertThat(measures.contrast()).isEqualTo(0.5);
        assertThat(measures.saturation()).isZero();
        assertThat(measures.sharpness()).as("no pixel has four neighbours").isZero();
    }

    @Test
    void lumaAndSaturationOfColorsAreThoseOfTheirFormulas() {
        assertThat(measures(Images.plain(3, 3, 0xFF0000)).brightness()).isCloseTo(0.299, within(1e-12));
        assertThat(measures(Images.plain(3, 3, 0x00FF00)).brightness()).isCloseTo(0.587, within(1e-12));
        assertThat(measures(Images.plain(3, 3, 0x0000FF)).brightness()).isCloseTo(0.114, within(1e-12));
        // (200 - 50) / 200 and (100 - 100) / 100
        assertThat(measures(Images.image(2, 0xC86432, 0x646464)).saturation()).isCloseTo(0.375, within(1e-12));
        assertThat(measures(Images.plain(3, 3, BLACK)).saturation()).isZero();
    }

    @Test
    void sharpnessIsTheVarianceOfTheLaplacian() {
        // One pixel of 10 in a 4 x 3 image of 0: its Laplacian is -40, that of its neighbour inside 10.
        BufferedImage dot = Images.plain(4, 3, BLACK);
        dot.setRGB(1, 1, 0x0A0A0A);
        assertThat(measures(dot).sharpness()).isCloseTo((1_600 + 100) / 2.0 - 15 * 15, within(1e-9));
    }

    @Test
    void anEvenImageHasNoContrastNoSharpnessAndTheHashOfNothing() {
        for (int gray : List.of(BLACK, 0x808080, 0x123456, WHITE)) {
            ImageMeasures even = measures(Images.plain(70, 50, gray));
            assertThat(even.contrast()).isZero();
            assertThat(even.sharpness()).isZero();
            assertThat(even.perceptualHash()).isZero();
        }
    }

    @Test
    void aBlurredPhotographIsLessSharpAndAsBright() {
        photos.forEach((name, photo) -> {
            ImageMeasures sharp = ImageMeasures.of(photo);
            Pixels small = photo.scaled(photo.width() / 8, photo.height() / 8);
            Pixels blurred = small.scaled(photo.width(), photo.height());
            assertThat(ImageMeasures.of(blurred).sharpness()).as(name).isLessThan(0.8 * sharp.sharpness());
            assertThat(ImageMeasures.of(blurred).brightness()).as(name).isCloseTo(sharp.brightness(), within(0.01));
        });
    }

    @Test
    void theHashOfAPhotographOutlivesEncodingAndScaling() throws IOException {
        for (Map.Entry<String, Pixels> photo : photos.entrySet()) {
            long hash = ImageMeasures.hash(photo.getValue());
            byte[] jpeg = Images.file(photo.getValue().image(), "jpeg");
            Pixels again = Pixels.of(ImageIO.read(new ByteArrayInputStream(jpeg)));
            assertThat(ImageMeasures.distance(hash, ImageMeasures.hash(again)))
                    .as("%s encoded again", photo.getKey())
                    .isLessThanOrEqualTo(2);
            assertThat(ImageMeasures.distance(
                            hash, ImageMeasures.hash(photo.getValue().within(200))))
                    .as("%s smaller", photo.getKey())
                    .isLessThanOrEqualTo(3);
        }
    }

    @Test
    void differentPhotographsHaveDifferentHashes() {
        List<Map.Entry<String, Pixels>> all = new ArrayList<>(photos.entrySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(ImageMeasures.distance(
                                ImageMeasures.hash(all.get(i).getValue()),
                                ImageMeasures.hash(all.get(j).getValue())))
                        .as("%s and %s", all.get(i).getKey(), all.get(j).getKey())
                        .isGreaterThan(10);
            }
        }
    }
}
