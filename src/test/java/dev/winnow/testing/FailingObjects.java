package dev.winnow.testing;

import dev.winnow.ports.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Objects of another store whose n-th write fails, before anything is written. */
public final class FailingObjects implements ObjectStore {
    private final ObjectStore objects;
    private final Countdown writes;

    /** Fails at the write {@code failing}, counted from 1. */
    public FailingObjects(ObjectStore objects, int failing) {
        this(objects, new Countdown(failing));
    }

    /** Fails when a countdown says so, which other stores may share. */
    public FailingObjects(ObjectStore objects, Countdown writes) {
        this.objects = objects;
        this.writes = writes;
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
        writes.next();
        objects.put(uri, bytes);
    }

    @Override
    public void put(String uri, String text) {
        writes.next();
        objects.put(uri, text);
    }

    @Override
    public void put(String uri, Path file) {
        writes.next();
        objects.put(uri, file);
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        writes.next();
        return objects.putIfAbsent(uri, text);
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        writes.next();
        return objects.replaceIfUnchanged(uri, version, text);
    }

    @Override
    public void delete(String uri) {
        writes.next();
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
