package dev.winnow.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.winnow.config.ConfigException;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.ObjectStore;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * A configuration as the command line names it: a file of this machine, or an object on S3, where the driver of a cluster
 * finds it without anybody shipping files.
 */
final class ConfFile {
    private ConfFile() {}

    /**
     * Returns the configuration as a file; an object is copied to a temporary one of the same name.
     *
     * <p>How S3 is reached can't be told by what is still to be read: {@code --set s3...} and the environment tell it.
     */
    static File local(String place, Map<String, String> overrides, Function<S3Settings, ObjectStore> stores) {
        if (!Places.isUri(place)) {
            return new File(place);
        }
        Config known = ConfigFactory.parseMap(overrides).withFallback(ConfigFactory.systemEnvironmentOverrides());
        try (ObjectStore objects = stores.apply(s3(known))) {
            String text = objects.get(place)
                    .orElseThrow(() -> new ConfigException("configuration file " + place + " does not exist"))
                    .text();
            Path folder = Files.createTempDirectory("winnow-conf");
            Path file = Files.writeString(folder.resolve(place.substring(place.lastIndexOf('/') + 1)), text);
            folder.toFile().deleteOnExit(); // in reverse order: the file goes first
            file.toFile().deleteOnExit();
            return file.toFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how S3 is reached as far as {@code config} tells it, which need not be valid as a whole. */
    static S3Settings s3(Config config) {
        return new S3Settings(
                text(config, "s3.endpoint"),
                text(config, "s3.region"),
                config.hasPath("s3.path-style") && config.getBoolean("s3.path-style"));
    }

    private static String text(Config config, String path) {
        return config.hasPath(path) ? config.getString(path) : "";
    }
}
