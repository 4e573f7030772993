package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** Kinds of image files that are looked at, told by their first bytes: what a file is called proves nothing. */
enum ImageFormat {
    JPEG("\u00ff\u00d8\u00ff"),
    PNG("\u0089PNG\r\n\u001a\n"),
    GIF("GIF8"),
    WEBP("RIFF");

    // The readers are named here: class loaders of a cluster may hide what a jar registers.
    private static final ImageReaderSpi WEBP_READERS = new WebPImageReaderSpi();
    private static final ImageReaderSpi JPEG_READERS = jpegReaders();

    private static final int WEBP_TAG = 8;

    private final String magic;

    ImageFormat(String magic) {
        this.magic = magic;
    }

    /** Tells the format by the first bytes; empty if they are of none of these. */
    static Optional<ImageFormat> of(byte[] file) {
        for (ImageFormat format : values()) {
            if (startsWith(file, 0, format.magic) && (format != WEBP || startsWith(file, WEBP_TAG, "WEBP"))) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    private static boolean startsWith(byte[] file, int at, String magic) {
        return file.length >= at + magic.length() && new String(file, at, magic.length(), ISO_8859_1).equals(magic);
    }

    /** Returns a new reader. */
    ImageReader reader() throws IOException {
        return switch (this) {
            case JPEG -> JPEG_READERS.createReaderInstance(null);
            case WEBP -> WEBP_READERS.createReaderInstance(null);
            case PNG, GIF -> ImageIO.getImageReadersByFormatName(toString()).next();
        };
    }

    /** Registered, it finds the reader of the JDK that it puts right: for CMYK and for files off the standard. */
    private static ImageReaderSpi jpegReaders() {
        ImageReaderSpi readers = new JPEGImageReaderSpi();
        IIORegistry.getDefaultInstance().registerServiceProvider(readers, ImageReaderSpi.class);
        return readers;
    }

    /** Returns the name as tables say it: {@code jpeg}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
