package dev.winnow.testing;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.ports.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A bucket whose objects are files of a folder; for what wants {@code s3://} names and does not care what is behind. */
public final class BucketFolder implements ObjectStore {
    private final ObjectStore files = new LocalObjects();
    private final String bucket;
    private final String folder;

    /** Keeps objects of {@code s3://name/} below a folder. */
    public BucketFolder(String name, Path folder) {
        this.bucket = "s3://" + name + "/";
        this.folder = folder + "/";
    }

    private String file(String uri) {
        if (!uri.startsWith(bucket)) {
            throw new IllegalArgumentException(uri + " is not in " + bucket);
        }
        return folder + uri.substring(bucket.length());
    }

    @Override
    public Optional<Versioned> get(String uri) {
        return files.get(file(uri));
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        return files.read(file(uri), atMost);
    }

    @Override
    public void put(String uri, byte[] bytes) {
        files.put(file(uri), bytes);
    }

    @Override
    public void put(String uri, String text) {
        files.put(file(uri), text);
    }

    @Override
    public void put(String uri, Path source) {
        files.put(file(uri), source);
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        return files.putIfAbsent(file(uri), text);
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        return files.replaceIfUnchanged(file(uri), version, text);
    }

    @Override
    public void delete(String uri) {
        files.delete(file(uri));
    }

    @Override
    public OptionalLong size(String uri) {
        return files.size(file(uri));
    }

    @Override
    public List<String> list(String prefix) {
        return files.list(file(prefix)).stream()
                .map(path -> bucket + path.substring(folder.length()))
                .toList();
    }
}
