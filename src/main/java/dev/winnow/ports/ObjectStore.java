package dev.winnow.ports;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whole objects by URI ({@code file:} or {@code s3://}): an object is either there with all its bytes or not there.
 *
 * <p>Every method throws {@link ServiceException} when the store fails (retryable) or refuses (not retryable).
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * A small text object and the version it belongs to.
     *
     * @param text the whole object, UTF-8
     * @param version opaque; changes with every write
     */
    record Versioned(String text, String version) {}

    /** Returns a small UTF-8 object, or empty when there is none. */
    Optional<Versioned> get(String uri);

    /**
     * Returns the first bytes of an object, or empty when there is none.
     *
     * @param atMost no more than this is read; fewer come only where the object is shorter
     */
    Optional<byte[]> read(String uri, int atMost);

    /** Puts the object whole, replacing what was there. */
    void put(String uri, byte[] bytes);

    /** Puts the object whole, UTF-8, replacing what was there. */
    void put(String uri, String text);

    /** Puts a local file as one object, replacing what was there; nothing is visible before all bytes are. */
    void put(String uri, Path file);

    /** Puts the object unless one is there; returns whether this call put it. Atomic between processes. */
    boolean putIfAbsent(String uri, String text);

    /** Replaces the object if it still has {@code version}; returns whether it did. Atomic between processes. */
    boolean replaceIfUnchanged(String uri, String version, String text);

    /** Removes the object; no effect when there is none. */
    void delete(String uri);

    /** Returns how many bytes an object has, 1 where the store does not tell; empty when there is none. */
    OptionalLong size(String uri);

    /** Returns whether an object is there. */
    default boolean exists(String uri) {
        return size(uri).isPresent();
    }

    /** Returns the URIs of all objects whose URI starts with {@code prefix}, sorted. */
    List<String> list(String prefix);

    /** Gives back what the store holds open, if anything. */
    @Override
    default void close() {}
}
