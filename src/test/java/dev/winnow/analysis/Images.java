package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.winnow.config.SampleSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Image files that tests make. */
final class Images {
    static final SampleSettings LIMITS = new SampleSettings(10, 3, 1.5, 10, 60, 3, 2_000_000, 1_000_000, 1_568);

    private Images() {}

    /** An image of one type whose pixels are given row by row, as 0xRRGGBB. */
    static BufferedImage image(int width, int... rgb) {
        BufferedImage image = new BufferedImage(width, rgb.length / width, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, rgb.length / width, rgb, 0, width);
        return image;
    }

    /** An image of one color. */
    static BufferedImage plain(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }

    /** An image of colors by chance. */
    static BufferedImage noise(int width, int height, long seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        return image;
    }

    static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalArgumentException("Nobody writes " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A JPEG file with an EXIF block that asks for an orientation and describes the image by a text. */
    static byte[] withExif(byte[] jpeg, int orientation, String text) {
        ByteArrayOutputStream tiff = new ByteArrayOutputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(tiff);
            out.write(new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8});
            out.writeShort(2);
            out.writeShort(0x010E); // description, a text behind the directory
            out.writeShort(2);
            out.writeInt(text.length() + 1);
            out.writeInt(8 + 2 + 2 * 12 + 4);
            out.writeShort(0x0112);
            out.writeShort(3);
            out.writeInt(1);
            out.writeShort(orientation);
            out.writeShort(0);
            out.writeInt(0);
            out.write(text.getBytes(ISO_8859_1));
            out.write(0);
            DataOutputStream file = new DataOutputStream(bytes);
            file.write(jpeg, 0, 2);
            file.writeShort(0xFFE1);
            file.writeShort(2 + 6 + tiff.size());
            file.writeBytes("Exif\0\0");
            file.write(tiff.toByteArray());
            file.write(jpeg, 2, jpeg.length - 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A PNG file that claims a size and holds next to nothing. */
    static byte[] pngBomb(int width, int height) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            DataOutputStream chunk = new DataOutputStream(header);
            chunk.writeBytes("IHDR");
            chunk.writeInt(width);
            chunk.writeInt(height);
            chunk.write(new byte[] {8, 2, 0, 0, 0});
            CRC32 sum = new CRC32();
            sum.update(header.toByteArray());
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
            out.writeInt(13);
            out.write(header.toByteArray());
            out.writeInt((int) sum.getValue());
            out.writeInt(4);
            out.writeBytes("IDAT");
            out.writeInt(0);
            out.writeInt(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A file of the test resources. */
    static byte[] resource(String name) {
        try (var in = Objects.requireNonNull(Images.class.getResourceAsStream("/images/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
