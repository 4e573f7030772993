package dev.winnow.generate;

import dev.winnow.generate.UseCase.ObjectClass;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Draws what a frame's camera saw: the camera's own place in the frame's light and weather, and in it the object that
 * is truly there, or what the model mistook for one. The same frame gives the same bytes on the same Java release.
 */
final class FrameImages {
    static final int WIDTH = 160;
    static final int HEIGHT = 120;

    private static final float JPEG_QUALITY = 0.8f;
    private static final int CENTRE_X = WIDTH / 2;
    private static final int CENTRE_Y = HEIGHT / 2;

    private final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    private final int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    private final ImageWriter writer =
            ImageIO.getImageWritersByFormatName("jpeg").next();
    private final ImageWriteParam quality = writer.getDefaultWriteParam();

    FrameImages() {
        quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        quality.setCompressionQuality(JPEG_QUALITY);
    }

    /** Writes wanted images of the frames with the given row numbers below a local folder; returns how many. */
    static long write(Iterator<Long> rows, FleetSettings settings, Path root) throws IOException {
        FrameModel model = new FrameModel(settings);
        FrameImages images = new FrameImages();
        Set<Path> folders = new HashSet<>();
        long written = 0;
        while (rows.hasNext()) {
            Frame frame = model.at(rows.next());
            if (settings.images() == FleetSettings.Images.MARKED
                    && FeedbackModel.on(frame).isEmpty()) {
                continue;
            }
            Path file = root.resolve(frame.imagePath());
            Path folder = file.getParent();
            if (folder != null && folders.add(folder)) {
                Files.createDirectories(folder);
            }
            Files.write(file, images.jpeg(frame));
            written++;
        }
        return written;
    }

    /** Returns the frame's image as a JPEG file. */
    byte[] jpeg(Frame frame) {
        draw(frame);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), quality);
        } catch (IOException e) {
            throw new UncheckedIOException("Image " + frame.imagePath() + " could not be encoded", e);
        }
        return bytes.toByteArray();
    }

    private void draw(Frame frame) {
        Graphics2D g = image.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            place(g, frame.scene().camera());
            subject(g, frame);
            develop(frame);
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
            // 2026-05-01T23:14:05Z
            String time = Instant.ofEpochSecond(Math.floorDiv(frame.capturedMicros(), 1_000_000L))
                    .toString();
            TinyFont.draw(g, frame.scene().camera().id(), 3, 3, 1);
            TinyFont.draw(g, time.substring(0, 10) + ' ' + time.substring(11, 19), 3, HEIGHT - 8, 1);
        } finally {
            g.dispose();
        }
    }

    /** What stands where the camera looks; the same for all its frames. */
    private static void place(Graphics2D g, Camera camera) {
        long hash = Draws.mix(camera.id().hashCode());
        int horizon = 42 + (int) (18 * Draws.uniform(hash, 0));
        g.setPaint(new GradientPaint(0, 0, new Color(120, 165, 215), 0, horizon, new Color(200, 220, 235)));
        g.fillRect(0, 0, WIDTH, horizon);
        boolean grass = Draws.uniform(hash, 1) < 0.4;
        Color near = grass ? new Color(110, 140, 80) : new Color(150, 148, 142);
        g.setPaint(new GradientPaint(0, horizon, near.darker(), 0, HEIGHT, near));
        g.fillRect(0, horizon, WIDTH, HEIGHT - horizon);
        for (int i = 0; i < 4; i++) {
            double tone = Draws.uniform(hash, 10 + i);
            int width = 18 + (int) (30 * Draws.uniform(hash, 20 + i));
            int height = 10 + (int) (28 * Draws.uniform(hash, 30 + i));
            int left = (int) (WIDTH * Draws.uniform(hash, 40 + i)) - width / 2;
            g.setColor(new Color((int) (120 + 60 * tone), (int) (105 + 50 * tone), (int) (95 + 60 * tone)));
            g.fillRect(left, horizon - height, width, height + 2);
            g.setColor(new Color(80, 90, 105));
            for (int x = left + 4; x < left + width - 5; x += 8) {
                for (int y = horizon - height + 4; y < horizon - 5; y += 9) {
                    g.fillRect(x, y, 4, 5);
                }
            }
        }
        g.setColor(new Color(215, 210, 195));
        int lane = horizon + 22 + (int) (20 * Draws.uniform(hash, 2));
        for (int x = -10; x < WIDTH; x += 26) {
            g.fillRect(x, lane, 14, 2);
        }
    }

    private static void subject(Graphics2D g, Frame frame) {
        Scene scene = frame.scene();
        ObjectClass truth = frame.truth();
        ObjectClass predicted = frame.predicted();
        if (truth == null && predicted == null) {
            return;
        }
        // An object that the model overlooked is small; one it reported is larger the nearer it is.
        double height = predicted == null ? 18 : 26 + 34 * Math.exp(-scene.distanceMetres() / 15);
        double x = 35 + 90 * Draws.uniform(scene.hash(), 20) + 8 * (Draws.uniform(frame.hash(), 20) - 0.5);
        double feet = 72 + 0.6 * height;
        AffineTransform before = g.getTransform();
        g.translate(x, feet);
        g.setColor(new Color(0, 0, 0, 60));
        g.fillOval((int) (-0.4 * height), -3, (int) (0.8 * height), 6);
        boolean facesLeft = Draws.uniform(scene.hash(), 21) < 0.5;
        g.scale(facesLeft ? -height : height, -height);
        if (truth != null) {
            Glyphs.object(g, truth, Draws.uniform(scene.hash(), 22));
        } else if (predicted != null) {
            Glyphs.lookAlike(g, predicted);
        }
        g.setTransform(before);
    }

    /** Light, weather, lens and noise, pixel by pixel. */
    private void develop(Frame frame) {
        Scene scene = frame.scene();
        String weather = scene.weather();
        boolean grey = scene.lighting() == Lighting.IR;
        boolean round = scene.camera().type().equals(Camera.FISHEYE);
        double haze =
                weather.equals(Scene.FOG) ? 0.72 : weather.equals("overcast") || weather.equals("rain") ? 0.18 : 0;
        double gain = 0.1 + 1.45 * frame.brightness();
        long noise = frame.hash() | 1;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int i = y * WIDTH + x;
                int rgb = pixels[i];
                double light = gain * (round ? roundLens(x, y) : 1);
                noise ^= noise << 13;
                noise ^= noise >>> 7;
                noise ^= noise << 17;
                int grain = (int) (noise & 15) - 8;
                int red = rgb >> 16 & 255;
                int green = rgb >> 8 & 255;
                int blue = rgb & 255;
                if (grey) {
                    red = green = blue = (3 * red + 6 * green + blue) / 10;
                }
                pixels[i] = toned(red, haze, light, grain) << 16
                        | toned(green, haze, light, grain) << 8
                        | toned(blue, haze, light, grain);
            }
        }
        if (weather.equals("rain") || weather.equals("snow")) {
            precipitation(frame.hash(), weather.equals("snow"), (int) (90 + 120 * frame.brightness()));
        }
    }

    private static int toned(int value, double haze, double light, int grain) {
        double hazy = value + (175 - value) * haze;
        return Math.max(0, Math.min(255, (int) (hazy * light) + grain));
    }

    /** Light that a fisheye lens lets through: a bright disc with soft edge, black corners. */
    private static double roundLens(int x, int y) {
        double dx = (x - CENTRE_X) / (double) CENTRE_Y;
        double dy = (y - CENTRE_Y) / (double) CENTRE_Y;
        double radius = Math.sqrt(dx * dx + dy * dy);
        return Math.max(0, Math.min(1, (1.08 - radius) * 6));
    }

    private void precipitation(long hash, boolean snow, int tone) {
        int grey = tone << 16 | tone << 8 | tone;
        for (int drop = 0; drop < 130; drop++) {
            long key = Draws.hash(hash, 100 + drop);
            int x = (int) (Draws.uniform(key, 0) * (WIDTH - 4));
            int y = (int) (Draws.uniform(key, 1) * (HEIGHT - 8));
            for (int step = 0; step < (snow ? 2 : 6); step++) {
                pixels[(y + step) * WIDTH + x + (snow ? 0 : step / 3)] = grey;
                if (snow) {
                    pixels[(y + step) * WIDTH + x + 1] = grey;
                }
            }
        }
    }
}
