package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.ports.ServiceException;
import dev.winnow.testing.MemoryObjects;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class LocalThumbnailsTest {
    private final MemoryObjects objects = new MemoryObjects();

    private static byte[] png(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    private static BufferedImage decoded(String thumbnail) throws IOException {
        assertThat(thumbnail).startsWith("data:image/jpeg;base64,");
        return ImageIO.read(
                new ByteArrayInputStream(Base64.getDecoder().decode(thumbnail.substring(thumbnail.indexOf(',') + 1))));
    }

    @Test
    void aLocalImageBecomesASmallJpegOfItsProportions() throws IOException {
        objects.put("/copy/a.png", png(1600, 800));
        Thumbnails thumbnails = new LocalThumbnails(objects, uri -> uri.replace("s3://b/", "/copy/"));
        BufferedImage image = decoded(thumbnails.of("s3://b/a.png").orElseThrow());
        assertThat(image.getWidth()).isEqualTo(LocalThumbnails.EDGE);
        assertThat(image.getHeight()).isEqualTo(LocalThumbnails.EDGE / 2);
    }

    @Test
    void imagesElsewhereAreNotRead() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        objects.put("s3://b/a.png", png(10, 10));
        objects.watch(uri -> reads.incrementAndGet());
        Thumbnails thumbnails = new LocalThumbnails(objects, UnaryOperator.identity());
        assertThat(thumbnails.of("s3://b/a.png")).isEmpty();
        assertThat(thumbnails.of("https://b/a.png")).isEmpty();
        assertThat(thumbnails.of("Was it a bag?\u0000\n/a.png")).as("a text").isEmpty();
        assertThat(reads).hasValue(0);
    }

    @Test
    void whatIsMissingOrNoImageOrTooLargeHasNone() throws IOException {
        objects.put("/text.jpg", "<svg onload=alert(1)>");
        byte[] broken = png(300, 300);
        broken[60] ^= 0x55;
        objects.put("/broken.png", java.util.Arrays.copyOf(broken, 80));
        objects.put("/huge.png", png(6_000, 5_000));
        Thumbnails thumbnails = new LocalThumbnails(objects, UnaryOperator.identity());
        assertThat(thumbnails.of("/missing.jpg")).isEmpty();
        assertThat(thumbnails.of("/text.jpg")).isEmpty();
        assertThat(thumbnails.of("/broken.png")).isEmpty();
        assertThat(thumbnails.of("/huge.png")).isEmpty();
    }

    @Test
    void anImageThatMayNotBeReadHasNone() throws IOException {
        objects.put("/a.png", png(8, 8));
        objects.watch(uri -> {
            throw ServiceException.refused("Reading " + uri + " is not allowed", null);
        });
        assertThat(new LocalThumbnails(objects, UnaryOperator.identity()).of("/a.png"))
                .isEmpty();
    }

    @Test
    void aPageHasABoundedNumberOfThem() throws IOException {
        objects.put("/a.png", png(8, 8));
        Thumbnails thumbnails = new LocalThumbnails(objects, UnaryOperator.identity());
        for (int i = 0; i < LocalThumbnails.AT_MOST; i++) {
            assertThat(thumbnails.of("/a.png")).isPresent();
        }
        assertThat(thumbnails.of("/a.png")).isEmpty();
    }
}
