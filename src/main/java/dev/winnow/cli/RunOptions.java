package dev.winnow.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.winnow.config.S3Settings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import java.io.File;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every run has. */
final class RunOptions {
    @Option(
            names = "--conf",
            required = true,
            paramLabel = "FILE",
            description = "Configuration, such as conf/local.conf; or an object on S3.")
    private String conf;

    private @Nullable File file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Sets one key of the configuration; may be repeated.")
    private Map<String, String> overrides = new TreeMap<>();

    @Option(
            names = "--run-date",
            paramLabel = "YYYY-MM-DD",
            description = "The day the run stands for; default: yesterday, UTC.")
    private @Nullable LocalDate runDate;

    @Option(
            names = "--from",
            paramLabel = "YYYY-MM-DD",
            description = "Runs every day from here to the run date, oldest first.")
    private @Nullable LocalDate from;

    @Option(
            names = "--summary",
            paramLabel = "FILE.json",
            description = "Writes there what a scheduler wants to know: outcome, run ids, numbers of each stage.")
    private @Nullable String summary;

    WinnowConfig load(Function<S3Settings, ObjectStore> stores) {
        File local = ConfFile.local(conf, overrides, stores);
        file = local;
        return WinnowConfig.load(local, overrides);
    }

    LocalDate runDate(Clock clock) {
        return runDate == null ? yesterday(clock) : runDate;
    }

    /** Returns the days to run, oldest first; the last is the run date. */
    List<LocalDate> days(Clock clock) {
        LocalDate last = runDate(clock);
        LocalDate first = from == null ? last : from;
        if (first.isAfter(last)) {
            throw new UsageException("--from " + first + " is after --run-date " + last);
        }
        return first.datesUntil(last.plusDays(1)).toList();
    }

    /** Refuses {@code --from} where a command has another way to say so. */
    void requireNoFrom(String instead) {
        if (from != null) {
            throw new UsageException("--from does not go with this command; " + instead);
        }
    }

    /** Refuses an option that says something of several days where there is one. */
    void requireFrom(String option) {
        if (from == null) {
            throw new UsageException(option + " goes with --from, the first of several days");
        }
    }

    static LocalDate yesterday(Clock clock) {
        return LocalDate.now(clock.withZone(ZoneOffset.UTC)).minusDays(1);
    }

    Optional<String> summary() {
        return Optional.ofNullable(summary);
    }

    /** Where attempts are noted. */
    record Warehouse(String root, S3Settings s3) {}

    /** Returns the warehouse as far as an invalid configuration tells it: its failure is noted there, too. */
    Optional<Warehouse> guessWarehouse() {
        File local = file;
        if (local == null) {
            return Optional.empty(); // it could not be fetched
        }
        try {
            Config guess = ConfigFactory.parseMap(overrides)
                    .withFallback(ConfigFactory.systemEnvironmentOverrides())
                    .withFallback(ConfigFactory.parseFile(local))
                    .resolve();
            return guess.hasPath("warehouse")
                    ? Optional.of(new Warehouse(guess.getString("warehouse"), ConfFile.s3(guess)))
                    : Optional.empty();
        } catch (com.typesafe.config.ConfigException e) {
            return Optional.empty(); // the file can't be parsed at all: the report of problems says why
        }
    }
}
