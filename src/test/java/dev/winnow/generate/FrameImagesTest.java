package dev.winnow.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameImagesTest {
    private static final FleetSettings SETTINGS = FleetSettings.defaults();

    @Test
    void theSameFrameGivesTheSameBytesWhateverWasDrawnBefore() {
        List<Frame> frames = frames(frame -> true).subList(0, 20);
        FrameImages images = new FrameImages();
        List<byte[]> once = frames.stream().map(images::jpeg).toList();

        assertThat(new FrameImages().jpeg(frames.get(19))).isEqualTo(once.get(19));
        assertThat(images.jpeg(frames.get(0))).isEqualTo(once.get(0));
    }

    @Test
    void nightIsDarkerThanDayAndFogHasLessContrast() throws IOException {
        Predicate<Frame> clear = frame -> frame.scene().weather().equals("clear");
        Predicate<Frame> fog = frame -> frame.scene().weather().equals(Scene.FOG);
        Predicate<Frame> bullet = frame -> frame.scene().camera().type().equals("bullet");
        Predicate<Frame> day = frame -> frame.scene().lighting() == Lighting.DAY;
        Predicate<Frame> night = frame -> frame.scene().lighting() == Lighting.NIGHT;

        Tone clearDay = tone(frames(bullet.and(clear).and(day)).subList(0, 20));
        Tone clearNight = tone(frames(bullet.and(clear).and(night)).subList(0, 20));
        Tone foggyDay = tone(frames(bullet.and(fog).and(day)).subList(0, 20));

        assertThat(clearNight.mean()).isLessThan(0.5 * clearDay.mean());
        assertThat(foggyDay.deviation()).isLessThan(0.6 * clearDay.deviation());
    }

    @Test
    void onlyFramesThatFeedbackSpeaksOfAreDrawnIfNoOthersAreWanted(@TempDir Path root) throws IOException {
        FleetSettings settings = new FleetSettings(
                7,
                LocalDate.of(2026, 5, 1),
                1,
                LocalDate.of(2026, 5, 1),
                4,
                12,
                2_000,
                FleetSettings.Images.MARKED,
                null);

        long written = FrameImages.write(LongStream.range(0, 2_000).boxed().iterator(), settings, root);

        FrameModel model = new FrameModel(settings);
        List<Frame> marked = LongStream.range(0, 2_000)
                .mapToObj(model::at)
                .filter(frame -> !FeedbackModel.on(frame).isEmpty())
                .toList();
        assertThat(marked).hasSizeBetween(10, 500).hasSize((int) written);
        assertThat(marked)
                .allSatisfy(frame -> assertThat(root.resolve(frame.imagePath())).exists());
    }

    @Test
    void imagesLieWhereTheirUrisPoint(@TempDir Path root) throws IOException {
        Set<Long> rows = Set.of(0L, 1L, 25_000L);

        assertThat(FrameImages.write(rows.iterator(), SETTINGS, root)).isEqualTo(3);

        FrameModel model = new FrameModel(SETTINGS);
        for (long row : rows) {
            Path file = root.resolve(model.at(row).imagePath());
            BufferedImage image = ImageIO.read(file.toFile());
            assertThat(image.getWidth()).isEqualTo(FrameImages.WIDTH);
            assertThat(image.getHeight()).isEqualTo(FrameImages.HEIGHT);
            assertThat(Files.size(file)).isLessThan(16_000);
        }
    }

    private static List<Frame> frames(Predicate<Frame> wanted) {
        FrameModel model = new FrameModel(SETTINGS);
        return LongStream.range(0, 40_000).mapToObj(model::at).filter(wanted).toList();
    }

    private static Tone tone(List<Frame> frames) throws IOException {
        FrameImages images = new FrameImages();
        double sum = 0;
        double squares = 0;
        int pixels = 0;
        for (Frame frame : frames) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(images.jpeg(frame)));
            for (int y = 14; y < FrameImages.HEIGHT - 14; y++) {
                for (int x = 0; x < FrameImages.WIDTH; x++) {
                    double green = image.getRGB(x, y) >> 8 & 255;
                    sum += green;
                    squares += green * green;
                    pixels++;
                }
            }
        }
        double mean = sum / pixels;
        return new Tone(mean, Math.sqrt(squares / pixels - mean * mean));
    }

    private record Tone(double mean, double deviation) {}
}
