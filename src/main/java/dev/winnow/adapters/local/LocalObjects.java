package dev.winnow.adapters.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Objects as files of this machine, named by {@code file:} URIs or absolute paths.
 *
 * <p>Names are read as Hadoop reads them: a percent sign is a percent sign. A file is written beside its place and
 * moved there whole. {@link #replaceIfUnchanged} is atomic among its own calls and {@link #putIfAbsent}; a plain put
 * or delete of the same object is not ordered with it.
 */
public final class LocalObjects implements ObjectStore {
    private static final String OWN_FILES = ".winnow-";

    /** Reasons for which no file of a name can exist, though an object of an object store could be named so. */
    private static final Set<String> NO_SUCH_NAME = Set.of("File name too long", "Not a directory");

    // The operating system's file locks hold between processes; between threads they throw instead of waiting.
    private static final ReentrantLock BETWEEN_THREADS = new ReentrantLock();

    private interface Work<T> {
        T run() throws IOException;
    }

    private interface Step {
        void run(Path temporary) throws IOException;
    }

    /** Creates the store; it holds nothing open. */
    public LocalObjects() {}

    @Override
    public Optional<Versioned> get(String uri) {
        Path path = path(uri);
        return attempt("read", path, () -> bytes(path).map(b -> new Versioned(new String(b, UTF_8), version(b))));
    }

    @Override
    public Optional<byte[]> read(String uri, int atMost) {
        Path path = path(uri);
        return attempt("read", path, () -> {
            if (Files.isDirectory(path)) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(path)) {
                return Optional.of(in.readNBytes(atMost));
            } catch (FileSystemException e) {
                if (isMissing(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public void put(String uri, byte[] bytes) {
        put(path(uri), temporary -> Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW));
    }

    @Override
    public void put(String uri, String text) {
        put(path(uri), temporary -> write(temporary, text));
    }

    @Override
    public void put(String uri, Path file) {
        put(path(uri), temporary -> Files.copy(file, temporary));
    }

    private static void put(Path path, Step content) {
        attempt("write", path, () -> {
            publish(path, content, temporary -> move(temporary, path));
            return true;
        });
    }

    @Override
    public boolean putIfAbsent(String uri, String text) {
        Path path = path(uri);
        return attempt("write", path, () -> {
            try {
                publish(path, temporary -> write(temporary, text), temporary -> link(temporary, path));
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            }
        });
    }

    @Override
    public boolean replaceIfUnchanged(String uri, String version, String text) {
        Path path = path(uri);
        return attempt("replace", path, () -> {
            if (bytes(path).isEmpty()) {
                return false; // and no lock file is left in a directory that holds no such object
            }
            return exclusively(path, () -> {
                if (bytes(path)
                        .map(LocalObjects::version)
                        .filter(version::equals)
                        .isEmpty()) {
                    return false;
                }
                publish(path, temporary -> write(temporary, text), temporary -> move(temporary, path));
                return true;
            });
        });
    }

    @Override
    public void delete(String uri) {
        Path path = path(uri);
        attempt("delete", path, () -> !Files.isDirectory(path) && Files.deleteIfExists(path));
    }

    @Override
    public OptionalLong size(String uri) {
        Path path = path(uri);
        return attempt("look for", path, () -> {
            try {
                BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
                return found.isRegularFile() ? OptionalLong.of(found.size()) : OptionalLong.empty();
            } catch (FileSystemException e) {
                if (isMissing(e)) {
                    return OptionalLong.empty();
                }
                throw e;
            }
        });
    }

    private static boolean isMissing(FileSystemException e) {
        return e instanceof NoSuchFileException || NO_SUCH_NAME.contains(String.valueOf(e.getReason()));
    }

    @Override
    public List<String> list(String prefix) {
        String scheme = prefix.substring(0, prefix.length() - pathText(prefix).length());
        int nameStart = prefix.lastIndexOf('/') + 1;
        Path directory = path(prefix.substring(0, nameStart));
        String pathPrefix = (directory.getParent() == null ? "" : directory) + "/" + prefix.substring(nameStart);
        return attempt("list", directory, () -> {
            TreeSet<String> found = new TreeSet<>();
            if (Files.isDirectory(directory)) {
                // Links are followed because a warehouse root is often one.
                Files.walkFileTree(
                        directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Visitor(found));
            }
            return found.stream()
                    .filter(path -> path.startsWith(pathPrefix))
                    .map(scheme::concat)
                    .toList();
        });
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Set<String> found;

        Visitor(Set<String> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !file.getFileName().toString().startsWith(OWN_FILES)) {
                found.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // gone since its directory was read
            }
            throw e;
        }
    }

    /** Does the work under a lock on the directory of the path, alone among processes and threads. */
    private static <T> T exclusively(Path path, Work<T> work) throws IOException {
        BETWEEN_THREADS.lock();
        // The lock file is never deleted: whoever waits on a deleted one would be alone with it.
        try (FileChannel channel = FileChannel.open(
                sibling(path, OWN_FILES + "lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.lock();
            T result = work.run();
            lock.release();
            return result;
        } finally {
            BETWEEN_THREADS.unlock();
        }
    }

    private static void publish(Path path, Step content, Step intoPlace) throws IOException {
        Path parent = parent(path);
        if (!Files.isDirectory(parent)) { // createDirectories refuses a link to a directory
            Files.createDirectories(parent);
        }
        Path temporary = sibling(path, OWN_FILES + UUID.randomUUID() + ".tmp");
        try {
            content.run(temporary);
            intoPlace.run(temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(Path temporary, String text) throws IOException {
        Files.writeString(temporary, text, UTF_8, StandardOpenOption.CREATE_NEW);
    }

    private static void move(Path temporary, Path path) throws IOException {
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Gives the temporary file its name unless the name is taken: a link fails where a move would replace. */
    private static void link(Path temporary, Path path) throws IOException {
        try {
            Files.createLink(path, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Some file systems have no hard links.
            exclusively(path, () -> {
                if (Files.exists(path)) {
                    throw new FileAlreadyExistsException(path.toString());
                }
                move(temporary, path);
                return true;
            });
        }
    }

    private static Optional<byte[]> bytes(Path path) throws IOException {
        try {
            return Files.isDirectory(path) ? Optional.empty() : Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String version(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static Path path(String uri) {
        try {
            return Path.of(pathText(uri));
        } catch (InvalidPathException e) {
            throw ServiceException.refused("Not a path of this file system: " + uri, e);
        }
    }

    private static String pathText(String uri) {
        String text = uri.startsWith("file:") ? uri.substring("file:".length()) : uri;
        if (text.startsWith("//")) {
            text = text.substring(2); // what follows up to the next slash is a host, and no host is this machine
        }
        if (!text.startsWith("/")) {
            throw ServiceException.refused(
                    "A local object is named by an absolute path or file:///path, got " + uri, null);
        }
        return text;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw ServiceException.refused("Not the path of a file: " + path, null);
        }
        return parent;
    }

    private static Path sibling(Path path, String name) {
        return parent(path).resolve(name);
    }

    private static <T> T attempt(String verb, Path path, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw failure(verb, path, e);
        }
    }

    static ServiceException failure(String verb, Path path, IOException e) {
        String reason = String.valueOf(e.getMessage());
        if (reason.contains("No space left on device") || reason.contains("Disk quota exceeded")) {
            return ServiceException.passing(
                    "Could not " + verb + " " + path + ": the disk holding " + path + " is full; free some space", e);
        }
        if (e instanceof AccessDeniedException
                || reason.contains("Operation not permitted")
                || reason.contains("Read-only file system")) {
            return ServiceException.refused(
                    "Could not " + verb + " " + path + ": access denied; let this user write below " + parent(path), e);
        }
        return ServiceException.passing("Could not " + verb + " " + path + ": " + e, e);
    }
}
