package dev.winnow.testing;

import dev.winnow.analysis.ImageCase;
import dev.winnow.ports.ObjectStore;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Prepared images and the cases about them. */
public final class ImageCases {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    private ImageCases() {}

    /** Makes so many different images below a root, and a case of the class {@code person} for each. */
    public static List<ImageCase> make(ObjectStore objects, String root, int number) {
        List<ImageCase> cases = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            cases.add(of(objects, root + "/" + i + ".png", png(i), "image/png", "case-" + i));
        }
        return cases;
    }

    /** Puts an image and makes a case of it; its hash is the one by which the stand-in counts. */
    public static ImageCase of(ObjectStore objects, String uri, byte[] image, String mediaType, String id) {
        objects.put(uri, image);
        return new ImageCase(
                id,
                BedrockStandIn.hash(image),
                uri,
                mediaType,
                WIDTH,
                HEIGHT,
                "intrusion",
                "person",
                "FALSE_POSITIVE",
                null);
    }

    private static byte[] png(int number) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(number & 0xFFFFFF));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
