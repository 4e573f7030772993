package dev.winnow.runtime;

import dev.winnow.ports.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store that passes everything on; tests override what should go wrong. */
public class ForwardingObjects implements ObjectStore {
    private final ObjectStore objects;

    protected ForwardingObjects(ObjectStore objects) {
        this.objects = objects;
    }

    @Override
    public Optional<Versioned> get(String uri) {
        return objects.get(uri);
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        return objects.read(uri, atMost);
    }

    @Override
    public void put(String uri, byte[] bytes) {
        objects.put(uri, bytes);
    }

    @Override
    public void put(String uri, String text) {
        objects.put(uri, text);
    }

    @Override
    public void put(String uri, Path file) {
        objects.put(uri, file);
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return objects.putIfAbsent(uri, text);
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return objects.replaceIfUnchanged(uri, version, text);
    }

    @Override
    public void delete(String uri) {
        objects.delete(uri);
    }

    @Override
    public OptionalLong size(String uri) {
        return objects.size(uri);
    }

    @Override
    public List<String> list(String prefix) {
        return objects.list(prefix);
    }
}
