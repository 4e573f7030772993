package dev.winnow.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends each object to the store of its scheme: paths and {@code file:} here, {@code s3:} and {@code s3a:} to S3. */
public final class SchemeObjects implements ObjectStore {
    private static final Pattern NAME =
            Pattern.compile("(?:(?:file:(?://)?)?/|s3a?://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/)(?!/)[^\\p{Cntrl}]+");
    private static final int MAX_NAME_BYTES = 1_024;

    private final ObjectStore local;
    private final Supplier<? extends ObjectStore> openS3;
    private @Nullable ObjectStore s3;

    /**
     * Creates the router.
     *
     * @param openS3 called once, when the first S3 object is asked for: a local run needs no region and no account
     */
    public SchemeObjects(ObjectStore local, Supplier<? extends ObjectStore> openS3) {
        this.local = local;
        this.openS3 = openS3;
    }

    /**
     * Returns whether an object can have this name: what others wrote into a log may be anything, and a store would refuse
     * the whole run for it.
     */
    public static boolean isName(String uri) {
        return NAME.matcher(uri).matches() && uri.getBytes(UTF_8).length <= MAX_NAME_BYTES;
    }

    @Override
    public Optional<Versioned> get(String uri) {
        return storeOf(uri).get(uri);
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        return storeOf(uri).read(uri, atMost);
    }

    @Override
    public void put(String uri, byte[] bytes) {
        storeOf(uri).put(uri, bytes);
    }

    @Override
    public void put(String uri, String text) {
        storeOf(uri).put(uri, text);
    }

    @Override
    public void put(String uri, Path file) {
        storeOf(uri).put(uri, file);
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return storeOf(uri).putIfAbsent(uri, text);
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return storeOf(uri).replaceIfUnchanged(uri, version, text);
    }

    @Override
    public void delete(String uri) {
        storeOf(uri).delete(uri);
    }

    @Override
    public OptionalLong size(String uri) {
        return storeOf(uri).size(uri);
    }

    @Override
    public List<String> list(String prefix) {
        return storeOf(prefix).list(prefix);
    }

    private ObjectStore storeOf(String uri) {
        if (uri.startsWith("/") || uri.startsWith("file:")) {
            return local;
        }
        if (uri.startsWith("s3://") || uri.startsWith("s3a://")) {
            return s3();
        }
        throw ServiceException.refused(
                "Objects are kept on file:, s3:// or s3a://, not at " + uri + "; move it there or correct the path",
                null);
    }

    private synchronized ObjectStore s3() {
        ObjectStore store = s3;
        if (store == null) {
            store = openS3.get();
            s3 = store;
        }
        return store;
    }

    /** Closes the S3 store if it was opened. */
    @Override
    public synchronized void close() {
        if (s3 != null) {
            s3.close();
        }
    }
}
