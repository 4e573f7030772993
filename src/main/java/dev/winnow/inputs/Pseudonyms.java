package dev.winnow.inputs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names under which workers are known here: a keyed hash (HMAC-SHA-256, RFC 2104), so that only the holder of the key can
 * tell whose it is. The same worker has the same one in every run with the same key and pipeline.
 */
public final class Pseudonyms implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 8;

    private final byte[] key;

    /**
     * Creates the names of one pipeline.
     *
     * @param key secret; empty: the pipeline's name alone is mixed in
     */
    public Pseudonyms(String pipeline, String key) {
        this.key = (pipeline + "\n" + key).getBytes(UTF_8);
    }

    /** Returns the pseudonym of a worker, {@code w-} and 16 hexadecimal digits. */
    public String of(String worker) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return "w-" + HexFormat.of().formatHex(mac.doFinal(worker.getBytes(UTF_8)), 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }
}
