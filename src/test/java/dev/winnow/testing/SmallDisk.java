package dev.winnow.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A small file system in memory that can really be full.
 *
 * <p>It is mounted in a name space of a process of its own, which needs no root where the system lets users make name
 * spaces, and ends with that process, and that with this one. What runs with {@link #prefix} finds it at its folder;
 * this process finds it at {@link #root}.
 */
public final class SmallDisk implements AutoCloseable {
    private static final String FILLER = "filler";

    private final Process holder;
    private final Path root;
    private final long bytes;

    private SmallDisk(Process holder, Path root, long bytes) {
        this.holder = holder;
        this.root = root;
        this.bytes = bytes;
    }

    /** Mounts one at an empty folder; empty where this system does not let us. */
    public static Optional<SmallDisk> mount(Path folder, int megabytes) {
        try {
            Process holder = new ProcessBuilder(
                            "unshare",
                            "--map-root-user",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs -o size=" + megabytes + "m winnow \"$0\" && echo mounted && exec cat",
                            folder.toString())
                    .redirectErrorStream(true)
                    .start();
            BufferedReader output = holder.inputReader();
            Path root = Path.of("/proc/" + holder.pid() + "/root" + folder);
            long bytes = megabytes * 1024L * 1024L;
            // The size tells the mounted file system from the folder under it, which must never be filled.
            if ("mounted".equals(output.readLine()) && root.toFile().getTotalSpace() == bytes) {
                return Optional.of(new SmallDisk(holder, root, bytes));
            }
            holder.destroy();
            return Optional.empty();
        } catch (IOException e) { // there is no unshare
            return Optional.empty();
        }
    }

    /** What enters the name space, to stand before a command. */
    public String[] prefix() {
        return new String[] {
            "nsenter", "--user", "--preserve-credentials", "--mount", "--target", Long.toString(holder.pid())
        };
    }

    /** Where this process finds it. */
    public Path root() {
        return root;
    }

    /** Fills it up but for some kilobytes. */
    public void fill(int freeKilobytes) {
        Path filler = root.resolve(FILLER);
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (long written = 0;
                    written < bytes && filler.toFile().getUsableSpace() > freeKilobytes * 1024L;
                    written += block.length) {
                out.write(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Frees what {@link #fill} took. */
    public void free() {
        try {
            Files.deleteIfExists(root.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        holder.destroy();
        try {
            holder.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
