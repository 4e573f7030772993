package dev.winnow.testing;

import dev.winnow.config.WinnowConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Configurations for tests that need no files: the required keys are there. */
public final class Configs {
    private Configs() {}

    /** Reads a configuration of the pipeline {@code p} that holds {@code hocon} besides. */
    public static WinnowConfig of(String hocon) {
        return of("p", hocon);
    }

    /** Reads a configuration of a pipeline. */
    public static WinnowConfig of(String pipeline, String hocon) {
        try {
            Path file = Files.createTempFile("winnow-test", ".conf");
            try {
                Files.writeString(file, hocon(pipeline, hocon));
                return WinnowConfig.load(file.toFile(), Map.of());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same as the text of a file. */
    public static String hocon(String hocon) {
        return hocon("p", hocon);
    }

    private static String hocon(String pipeline, String hocon) {
        return """
                pipeline = %s
                warehouse = "/nowhere/warehouse"
                labeling.path = "/rounds"
                inputs.inferences.path = "/nowhere/inferences"
                %s
                """.formatted(pipeline, hocon);
    }
}
