package dev.winnow.adapters.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStoreContract;
import dev.winnow.ports.ServiceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectsTest extends ObjectStoreContract {
    private final LocalObjects objects = new LocalObjects();

    @TempDir
    Path directory;

    @Override
    protected ObjectStore objects() {
        return objects;
    }

    @Override
    protected String root() {
        return "file://" + directory + "/";
    }

    @Test
    void aPathAndItsUrisAreTheSameObjectAndListsKeepTheFormAskedFor() {
        objects.put(directory + "/a", "x");
        assertThat(objects.get("file:" + directory + "/a")).isEqualTo(objects.get("file://" + directory + "/a"));
        assertThat(objects.list(directory + "/")).containsExactly(directory + "/a");
        assertThat(objects.list("file:" + directory + "/")).containsExactly("file:" + directory + "/a");
    }

    @Test
    void aWarehouseMayBeALink() throws IOException {
        Path target = Files.createDirectory(directory.resolve("target"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        objects.put(link + "/a", "x");
        assertThat(objects.list(link + "/")).containsExactly(link + "/a");
        assertThat(target.resolve("a")).hasContent("x");
    }

    @Test
    void ownFilesAreNeitherListedNorLeftBehind() throws IOException {
        Files.writeString(directory.resolve(".winnow-0c1e.tmp"), "left by a killed process");
        objects.put(root() + "a", "1");
        objects.replaceIfUnchanged(
                root() + "a", objects.get(root() + "a").orElseThrow().version(), "2");
        objects.putIfAbsent(root() + "a", "3");
        assertThat(objects.list(root())).containsExactly(root() + "a");
        try (Stream<Path> there = Files.list(directory)) {
            assertThat(there.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("a", ".winnow-0c1e.tmp", ".winnow-lock");
        }
    }

    @Test
    void othersMayReadWhatWasPut() throws IOException {
        Path plain = Files.writeString(directory.resolve("plain"), "x");
        objects.put(root() + "a", "x");
        assertThat(Files.getPosixFilePermissions(directory.resolve("a")))
                .isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void aFailedPutLeavesTheOldObject() {
        objects.put(root() + "a", "old");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> objects.put(root() + "a", missing))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("Could not write " + directory.resolve("a"))
                .hasMessageContaining(missing.toString());
        assertThat(objects.get(root() + "a").orElseThrow().text()).isEqualTo("old");
        assertThat(objects.list(root())).containsExactly(root() + "a");
    }

    @Test
    void aFullDiskPassesAndADeniedPathIsRefused() {
        Path path = Path.of("/data/winnow/round.json");
        ServiceException full = LocalObjects.failure("write", path, new IOException("No space left on device"));
        assertThat(full).hasMessageContaining("the disk holding /data/winnow/round.json is full");
        assertThat(full.retryable()).isTrue();

        ServiceException denied = LocalObjects.failure("write", path, new AccessDeniedException(path.toString()));
        assertThat(denied)
                .hasMessage("Could not write /data/winnow/round.json: access denied; "
                        + "let this user write below /data/winnow");
        assertThat(denied.retryable()).isFalse();

        ServiceException readOnly = LocalObjects.failure(
                "write", path, new FileSystemException(path.toString(), null, "Read-only file system"));
        assertThat(readOnly.retryable()).isFalse();
    }

    @Test
    void relativePathsAndOtherHostsAreRefused() {
        for (String uri : new String[] {"data/a", "file:a", "file://host/a"}) {
            assertThatThrownBy(() -> objects.get(uri))
                    .isInstanceOf(ServiceException.class)
                    .hasMessage("A local object is named by an absolute path or file:///path, got " + uri);
        }
    }
}
