package dev.winnow.analysis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the lossy frames of a WebP file claim: their decoder goes by that, not by the size of the whole image. */
final class WebpFrames {
    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;

    /** What stands in an animation's chunk before the chunks of its frame. */
    private static final int ANIMATION_HEADER = 16;

    private static final int SIZE_AT = 6;
    private static final int SIZE_BITS = 0x3FFF;

    private WebpFrames() {}

    /** Returns the pixels of the largest lossy frame (RFC 6386, section 9.1); 0 if there is none. */
    static long lossyPixels(byte[] file) {
        ByteBuffer chunks = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long most = 0;
        long at = HEADER;
        while (at + CHUNK_HEADER <= file.length) {
            int begin = (int) at + CHUNK_HEADER;
            String name = new String(file, (int) at, 4, ISO_8859_1);
            long length = chunks.getInt((int) at + 4) & 0xFFFFFFFFL;
            if (name.equals("VP8 ") && begin + SIZE_AT + 4 <= file.length) {
                long width = chunks.getShort(begin + SIZE_AT) & SIZE_BITS;
                long height = chunks.getShort(begin + SIZE_AT + 2) & SIZE_BITS;
                most = Math.max(most, width * height);
            }
            at = name.equals("ANMF") ? begin + ANIMATION_HEADER : begin + length + (length & 1);
        }
        return most;
    }
}
