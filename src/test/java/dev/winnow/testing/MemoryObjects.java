package dev.winnow.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.winnow.ports.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** Objects in memory. */
public final class MemoryObjects implements ObjectStore {
    // One character a byte, so that whatever was put compares as it is.
    private final ConcurrentSkipListMap<String, String> objects = new ConcurrentSkipListMap<>();
    private volatile Consumer<String> watch = seen -> {};

    /** Tells of each URI before its bytes are read or it is looked up, and of each text after it was put; what is thrown, the caller sees. */
    public void watch(Consumer<String> watcher) {
        watch = watcher;
    }

    /** Returns the objects as they are now, on their own and unwatched. */
    public MemoryObjects copy() {
        MemoryObjects copy = new MemoryObjects();
        copy.objects.putAll(objects);
        return copy;
    }

    @Override
    public Optional<Versioned> get(String uri) {
        return Optional.ofNullable(objects.get(uri))
                .map(bytes -> new Versioned(new String(bytes.getBytes(ISO_8859_1), UTF_8), bytes));
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        watch.accept(uri);
        return Optional.ofNullable(objects.get(uri))
                .map(bytes ->
                        bytes.substring(0, Math.min(atMost, bytes.length())).getBytes(ISO_8859_1));
    }

    @Override
    public void put(String uri, byte[] bytes) {
        objects.put(uri, new String(bytes, ISO_8859_1));
    }

    @Override
    public void put(String uri, String text) {
        objects.put(uri, held(text));
        watch.accept(text);
    }

    private static String held(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    @Override
    public void put(String uri, Path file) {
        try {
            put(uri, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return objects.putIfAbsent(uri, held(text)) == null;
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return Objects.equals(objects.get(uri), version) && objects.replace(uri, held(text)) != null;
    }

    @Override
    public void delete(String uri) {
        objects.remove(uri);
    }

    @Override
    public OptionalLong size(String uri) {
        watch.accept(uri);
        String bytes = objects.get(uri);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length());
    }

    @Override
    public List<String> list(String prefix) {
        return objects.keySet().stream().filter(uri -> uri.startsWith(prefix)).toList();
    }
}
