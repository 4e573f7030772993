package dev.winnow.testing;

import dev.winnow.ports.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Objects in memory. */
public final class MemoryObjects implements ObjectStore {
    private final TreeMap<String, String> objects = new TreeMap<>();

    @Override
    public Optional<Versioned> get(String uri) {
        return Optional.ofNullable(objects.get(uri)).map(text -> new Versioned(text, text));
    }

    @Override
    public void put(String uri, String text) {
        objects.put(uri, text);
    }

    @Override
    public void put(String uri, Path file) {
        try {
            put(uri, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return objects.putIfAbsent(uri, text) == null;
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return Objects.equals(objects.get(uri), version) && objects.replace(uri, text) != null;
    }

    @Override
    public void delete(String uri) {
        objects.remove(uri);
    }

    @Override
    public boolean exists(String uri) {
        return objects.containsKey(uri);
    }

    @Override
    public List<String> list(String prefix) {
        return objects.keySet().stream().filter(uri -> uri.startsWith(prefix)).toList();
    }
}
