package dev.winnow.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What {@code mvn package} made beside the classes that are tested. */
public final class Packaged {
    private Packaged() {}

    /** The folder of the build. */
    public static Path folder() {
        try {
            return Path.of(Packaged.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The jar with Winnow's classes alone. */
    public static Path jar() {
        return jar(name -> name.matches("winnow-[0-9.]+(-SNAPSHOT)?\\.jar"));
    }

    /** The jar for clusters, with what they don't have. */
    public static Path jarForClusters() {
        return jar(name -> name.endsWith("-all.jar"));
    }

    private static Path jar(Predicate<String> name) {
        try (Stream<Path> files = Files.list(folder())) {
            List<Path> jars = files.filter(file -> name.test(file.getFileName().toString()))
                    .toList();
            assertThat(jars).as("the jar of `mvn package`").hasSize(1);
            return jars.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
