package dev.winnow.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;

/** What lies below a folder or a prefix, by relative name. */
public final class Texts {
    private Texts() {}

    /** Files below a folder; hidden ones are left out. */
    public static Map<String, Path> files(Path root) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .forEach(file -> files.put(root.relativize(file).toString(), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Their texts. */
    public static Map<String, String> below(Path root) {
        Map<String, String> texts = new TreeMap<>();
        files(root).forEach((name, file) -> {
            try {
                texts.put(name, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return texts;
    }

    /** Texts of the objects below a prefix of a bucket; the client is closed. */
    public static Map<String, String> below(S3Client s3, String bucket, String prefix) {
        Map<String, String> texts = new TreeMap<>();
        try (S3Client client = s3) {
            client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))
                    .contents()
                    .forEach(object -> texts.put(
                            object.key().substring(prefix.length()),
                            client.getObjectAsBytes(get -> get.bucket(bucket).key(object.key()))
                                    .asUtf8String()));
        }
        return texts;
    }
}
