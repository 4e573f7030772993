package dev.winnow.report;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.runtime.SchemeObjects;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thumbnails of images that are files of this machine: decoded, scaled down and encoded anew, so that nothing of a file but
 * its pixels gets into the page.
 */
final class LocalThumbnails implements Thumbnails {
    /** Thumbnails of one page; some 5 kB each. */
    static final int AT_MOST = 200;

    /** Pixels of the longer edge. */
    static final int EDGE = 200;

    private static final int MAX_BYTES = 20_000_000;
    private static final long MAX_PIXELS = 25_000_000;
    private static final float QUALITY = 0.7f;
    private static final Logger LOG = LoggerFactory.getLogger(LocalThumbnails.class);

    private final ObjectStore objects;
    private final UnaryOperator<String> locations;
    private int made;

    /**
     * Reads images from {@code objects}.
     *
     * @param locations image URI to where it is read from
     */
    LocalThumbnails(ObjectStore objects, UnaryOperator<String> locations) {
        this.objects = objects;
        this.locations = locations;
    }

    @Override
    public Optional<String> of(String imageUri) {
        String location = locations.apply(imageUri);
        boolean isLocal = SchemeObjects.isName(location) && !location.startsWith("s3"); // a text may stand there, too
        if (!isLocal || made == AT_MOST) {
            return Optional.empty();
        }
        Optional<String> thumbnail =
                read(location).flatMap(LocalThumbnails::decoded).map(LocalThumbnails::encoded);
        made += thumbnail.isPresent() ? 1 : 0;
        return thumbnail;
    }

    /** An image that may not be read is a finding already; the page goes without it. */
    private Optional<byte[]> read(String location) {
        try {
            return objects.read(location, MAX_BYTES);
        } catch (ServiceException e) {
            LOG.info("event=no_thumbnail reason=\"{}\"", e.getMessage());
            return Optional.empty();
        }
    }

    /** Decoders meet files of any kind, and fail in any way; the page goes without the image. */
    private static Optional<BufferedImage> decoded(byte[] bytes) {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MAX_PIXELS) {
                    return Optional.empty();
                }
                // A quarter of the pixels in each direction still has twice those of the thumbnail.
                ImageReadParam param = reader.getDefaultReadParam();
                int step = Math.max(1, Math.max(width, height) / (2 * EDGE));
                param.setSourceSubsampling(step, step, 0, 0);
                return Optional.of(reader.read(0, param));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("event=no_thumbnail reason=\"{}\"", e.getMessage());
            return Optional.empty();
        }
    }

    private static String encoded(BufferedImage image) {
        double scale = Math.min(1, (double) EDGE / Math.max(image.getWidth(), image.getHeight()));
        int width = (int) Math.max(1, Math.round(image.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(image.getHeight() * scale));
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, Color.WHITE, null);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(small, null, null), param);
        } catch (IOException e) {
            throw new IllegalStateException("Writing a JPEG to memory failed", e);
        } finally {
            writer.dispose();
        }
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
