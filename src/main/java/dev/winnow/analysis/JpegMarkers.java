package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the markers of a JPEG file say before anything is decoded (ITU-T T.81, annex B).
 *
 * @param scans how often the file goes over its pixels
 * @param complete whether the end of the image is marked; decoders fill in gray for what is missing
 * @param orientation EXIF's orientation, 1 to 8; 1 where there is none that can be read
 */
record JpegMarkers(int scans, boolean complete, int orientation) {
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APPLICATION_1 = 0xE1;
    private static final String EXIF = "Exif\0\0";
    private static final short ORIENTATION = 0x0112;
    private static final int UPRIGHT = 1;

    /** Reads the markers of a file that begins as a JPEG file does. */
    static JpegMarkers of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int scans = 0;
        int orientation = UPRIGHT;
        int at = 2;
        while (at + 1 < file.length) {
            int marker = file[at + 1] & 0xFF;
            if (file[at] != (byte) 0xFF || marker == 0xFF) {
                at++; // coded pixels, or a filler
            } else if (standsAlone(marker)) {
                at += 2;
            } else if (marker == END_OF_IMAGE) {
                return new JpegMarkers(scans, true, orientation);
            } else {
                if (marker == START_OF_SCAN) {
                    scans++;
                } else if (marker == APPLICATION_1 && orientation == UPRIGHT) {
                    orientation = orientation(file, at + 4);
                }
                at += 2 + (at + 3 < file.length ? bytes.getShort(at + 2) & 0xFFFF : 0);
            }
        }
        return new JpegMarkers(scans, false, orientation);
    }

    /** Whether no length follows: a coded 0xFF, a restart or another beginning. */
    private static boolean standsAlone(int marker) {
        return marker <= 1 || (marker >= 0xD0 && marker <= 0xD8);
    }

    /** Reads the one entry of EXIF that matters, from the first directory of its TIFF structure. */
    private static int orientation(byte[] file, int from) {
        int begin = from + EXIF.length();
        if (begin > file.length || !new String(file, from, EXIF.length(), ISO_8859_1).equals(EXIF)) {
            return UPRIGHT;
        }
        ByteBuffer tiff = ByteBuffer.wrap(file, begin, file.length - begin).slice();
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = tiff.getShort(directory) & 0xFFFF;
            for (int i = 0; i < entries; i++) {
                int entry = directory + 2 + 12 * i;
                if (tiff.getShort(entry) == ORIENTATION) {
                    int value = tiff.getShort(entry + 8);
                    return value >= 1 && value <= 8 ? value : UPRIGHT;
                }
            }
            return UPRIGHT;
        } catch (IndexOutOfBoundsException e) {
            return UPRIGHT; // offsets that lead out of the file say nothing
        }
    }
}
