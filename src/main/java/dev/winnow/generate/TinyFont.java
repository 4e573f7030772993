package dev.winnow.generate;

import java.awt.Color;
import java.awt.Graphics2D;

/** Digits and a few signs of 3 x 5 dots: the same on machines with other fonts, or with none. */
final class TinyFont {
    private static final String SIGNS = "0123456789-:c ";

    /** Rows of three dots from the top left, first dot in the highest of 15 bits. */
    private static final int[] DOTS = {
        0b111_101_101_101_111,
        0b010_110_010_010_111,
        0b111_001_111_100_111,
        0b111_001_111_001_111,
        0b101_101_111_001_001,
        0b111_100_111_001_111,
        0b111_100_111_101_111,
        0b111_001_010_010_010,
        0b111_101_111_101_111,
        0b111_101_111_001_111,
        0b000_000_111_000_000,
        0b000_010_000_010_000,
        0b111_100_100_100_111,
        0,
    };

    private TinyFont() {}

    /** Draws white text on a dark strip; dots are {@code size} pixels wide and high. */
    static void draw(Graphics2D g, String text, int x, int y, int size) {
        g.setColor(new Color(0, 0, 0, 140));
        g.fillRect(x - size, y - size, (4 * text.length() + 1) * size, 7 * size);
        g.setColor(Color.WHITE);
        for (int i = 0; i < text.length(); i++) {
            int dots = DOTS[SIGNS.indexOf(text.charAt(i))];
            for (int dot = 0; dot < 15; dot++) {
                if ((dots >> (14 - dot) & 1) == 1) {
                    g.fillRect(x + (4 * i + dot % 3) * size, y + dot / 3 * size, size, size);
                }
            }
        }
    }
}
