package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that need a place, but not a whole configuration. */
final class ReadOptions {
    @Option(names = "--conf", paramLabel = "FILE", description = "Configuration, such as conf/local.conf; or on S3.")
    private @Nullable String conf;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Sets one key of the configuration; may be repeated.")
    private Map<String, String> overrides = new TreeMap<>();

    @Option(
            names = "--warehouse",
            paramLabel = "PLACE",
            description = "Root of the tables; may stand instead of --conf.")
    private @Nullable String warehouse;

    /**
     * A place and how it is reached.
     *
     * @param warehouse absolute path or URI
     * @param spark Spark settings
     * @param s3 how S3 is reached
     */
    record Place(String warehouse, Map<String, String> spark, S3Settings s3) {}

    Place place(Function<S3Settings, ObjectStore> stores) {
        if (conf != null) {
            WinnowConfig config = WinnowConfig.load(ConfFile.local(conf, overrides, stores), overrides);
            return new Place(
                    Places.absolute(warehouse == null ? config.warehouse() : warehouse), config.spark(), config.s3());
        }
        if (warehouse == null) {
            throw new UsageException("give --warehouse PLACE or --conf FILE");
        }
        return new Place(Places.absolute(warehouse), Map.of(), new S3Settings("", "", false));
    }
}
