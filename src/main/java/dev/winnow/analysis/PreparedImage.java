package dev.winnow.analysis;

import dev.winnow.config.SampleSettings;
import dev.winnow.stats.Digest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An image file made safe to look at: decoded, turned upright, and encoded anew as a baseline JPEG that holds pixels and
 * nothing else. The same file gives the same bytes on the same Java release.
 */
final class PreparedImage {
    /** Amazon Bedrock takes images of at most 3.75 MB. */
    static final int MOST_BYTES = 3_750_000;

    static final String EMPTY = "The file is empty";
    static final String UNKNOWN_FORMAT = "The file is no JPEG, PNG, GIF or WebP image";
    static final String CUT_OFF = "The file ends before its image does";
    static final String BROKEN = "The file begins as an image and can't be decoded";
    static final String MANY_SCANS = "The image goes over its pixels more than 100 times";

    /** Each costs a pass over all pixels; photographs have about ten. A limit by judgement. */
    private static final int MOST_SCANS = 100;

    /** The decoder of lossy WebP needs about four times the memory of the others. */
    private static final int LOSSY_WEBP = 4;

    private static final float QUALITY = 0.9f;

    private final byte[] jpeg;
    private final ImageFormat format;
    private final int width;
    private final int height;
    private final ImageMeasures measures;

    private PreparedImage(byte[] jpeg, ImageFormat format, Pixels pixels) {
        this.jpeg = jpeg;
        this.format = format;
        this.width = pixels.width();
        this.height = pixels.height();
        this.measures = ImageMeasures.of(pixels);
    }

    /**
     * Prepares a file.
     *
     * @param file the whole file, or its first bytes, more than are allowed
     * @throws UnreadableImageException if it is too large, or no image
     */
    static PreparedImage of(byte[] file, SampleSettings limits) throws UnreadableImageException {
        if (file.length == 0) {
            throw new UnreadableImageException(EMPTY);
        }
        if (file.length > limits.maxBytes()) {
            throw new UnreadableImageException("The file has more than " + limits.maxBytes() + " bytes");
        }
        ImageFormat format = ImageFormat.of(file).orElseThrow(() -> new UnreadableImageException(UNKNOWN_FORMAT));
        Pixels pixels = decoded(file, format, limits.maxPixels());
        return new PreparedImage(encoded(pixels.within(limits.maxEdge())), format, pixels);
    }

    private static Pixels decoded(byte[] file, ImageFormat format, int maxPixels) throws UnreadableImageException {
        int orientation = 1;
        if (format == ImageFormat.JPEG) {
            JpegMarkers markers = JpegMarkers.of(file);
            if (!markers.complete()) {
                throw new UnreadableImageException(CUT_OFF);
            }
            if (markers.scans() > MOST_SCANS) {
                throw new UnreadableImageException(MANY_SCANS);
            }
            orientation = markers.orientation();
        } else if (format == ImageFormat.WEBP) {
            requireFew(LOSSY_WEBP * WebpFrames.lossyPixels(file), maxPixels);
        }
        return read(file, format, maxPixels).upright(orientation);
    }

    private static Pixels read(byte[] file, ImageFormat format, int maxPixels) throws UnreadableImageException {
        ImageReader reader = null;
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader = format.reader();
            // Metadata can unfold to any size, and nothing of them is wanted.
            reader.setInput(in, true, true);
            requireFew((long) reader.getWidth(0) * reader.getHeight(0), maxPixels);
            return Pixels.of(reader.read(0));
        } catch (IOException | RuntimeException e) {
            // Decoders of files that nobody vouches for end in whatever exception a wrong number leads to.
            throw new UnreadableImageException(BROKEN, e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    /** Asked before decoding: a file of a few bytes may claim to be an image of gigabytes. */
    private static void requireFew(long pixels, int maxPixels) throws UnreadableImageException {
        if (pixels > maxPixels) {
            throw new UnreadableImageException("The image has more than " + maxPixels + " pixels");
        }
    }

    /** Photographs of the largest size that is allowed stay far below the limit; noise may need a lower quality. */
    private static byte[] encoded(Pixels pixels) {
        BufferedImage image = pixels.image();
        byte[] jpeg = encoded(image, QUALITY);
        for (float quality = QUALITY - 0.2f; jpeg.length > MOST_BYTES; quality -= 0.2f) {
            jpeg = encoded(image, quality);
        }
        return jpeg;
    }

    private static byte[] encoded(BufferedImage image, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(quality);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException("A decoded image could not be encoded", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Returns the JPEG file, at most {@link #MOST_BYTES} long. */
    byte[] jpeg() {
        return jpeg;
    }

    /** Returns the SHA-256 of the JPEG file, hexadecimal. */
    String hash() {
        return Digest.ofBytes(jpeg);
    }

    /** Returns the format of the file it was made of. */
    ImageFormat format() {
        return format;
    }

    /** Returns the width of the image upright, before it was scaled, in pixels. */
    int width() {
        return width;
    }

    /** Returns the height of the image upright, before it was scaled, in pixels. */
    int height() {
        return height;
    }

    /** Returns the measures of the image before it was scaled. */
    ImageMeasures measures() {
        return measures;
    }
}
