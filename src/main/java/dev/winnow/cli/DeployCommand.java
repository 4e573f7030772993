package dev.winnow.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.runtime.Version;
import dev.winnow.stats.Digest;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Puts what a cluster needs on S3: jar, configuration, job templates and the Airflow DAG.
 *
 * <p>A release is named by its content, so it never changes and the same content is put once; whoever goes back to an
 * earlier one names that. Its {@code release.json} is put last: what has none was not put whole.
 */
@Command(
        name = DeployCommand.NAME,
        description = "Puts jar, configuration and job templates on S3 as one release and prints how to run it.",
        footer = {"", "Example:", "  scripts/deploy --conf my.conf --to s3://my-bucket/winnow"})
final class DeployCommand implements Callable<Integer> {
    static final String NAME = "deploy";

    private static final String JAR = "winnow.jar";
    private static final String SEAL = "release.json";
    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--conf",
            required = true,
            paramLabel = "FILE",
            description = "Configuration of the pipeline; files that it includes become part of it.")
    private File conf;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Sets one key of the deployed configuration; may be repeated.")
    private Map<String, String> overrides = new TreeMap<>();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URI",
            description = "Where releases go, such as s3://my-bucket/winnow.")
    private String to;

    @Option(names = "--jar", required = true, paramLabel = "FILE", description = "The jar of scripts/package.")
    private Path jar;

    @Option(names = "--jobs", required = true, paramLabel = "FOLDER", description = "The folder jobs.")
    private Path jobs;

    @Option(
            names = "--run-date",
            paramLabel = "YYYY-MM-DD",
            description = "The day of the printed calls; default: yesterday, UTC.")
    private @Nullable LocalDate runDate;

    private final Context context;

    DeployCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        WinnowConfig config = WinnowConfig.load(conf, overrides);
        requireShared("warehouse", config.warehouse());
        requireShared("labeling.path", config.labeling().path());
        if (!Places.isUri(to)) {
            throw new UsageException("--to " + to + ": expected a place that clusters see, such as s3://bucket/winnow");
        }
        Map<String, String> known = new TreeMap<>(Map.of("CONF", conf.getName(), "PIPELINE", config.pipeline()));
        Map<String, String> files = texts(known);
        files.put(conf.getName(), deployed());
        String release = release(files);
        known.put("RELEASE", release);
        files.replaceAll((name, text) -> name.equals(conf.getName()) ? text : fill(text, known));
        try (ObjectStore objects = context.wiring().objects(config.s3())) {
            put(objects, release, files);
        }
        explain(release, config, files);
        return 0;
    }

    private static void requireShared(String key, String place) {
        if (!Places.isUri(place) || place.startsWith("file:")) {
            throw new ConfigException(key + " = " + place
                    + " lies on one machine, where a cluster can't write: set it to a place such as s3://bucket/"
                    + key.replaceAll("\\..*", ""));
        }
    }

    /** Job templates and the DAG by name below the release. */
    private Map<String, String> texts(Map<String, String> known) {
        Map<String, String> texts = new TreeMap<>();
        for (String folder : List.of("emr", "emr-serverless", "airflow")) {
            try (Stream<Path> files = Files.list(jobs.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    texts.put(folder + "/" + file.getFileName(), fill(Files.readString(file), known));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    /** Fills what is known; what differs from run to run stays a placeholder. */
    private static String fill(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }

    /** The configuration as one file: a driver finds no file beside it. */
    private String deployed() {
        Config own = WinnowConfig.commandLine(overrides).withFallback(ConfigFactory.parseFile(conf));
        return own.root()
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
    }

    private String release(Map<String, String> files) {
        Digest content = new Digest();
        files.forEach((name, text) -> content.add(name).add(text));
        try {
            content.add(Digest.ofFile(jar));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return to.replaceAll("/+$", "") + "/releases/" + Version.current() + "-" + content.hex(12);
    }

    private void put(ObjectStore objects, String release, Map<String, String> files) {
        String seal = release + "/" + SEAL;
        if (objects.exists(seal)) {
            context.err().println(release + " is there already");
            return;
        }
        context.err().println("putting " + (files.size() + 1) + " files below " + release);
        objects.put(release + "/" + JAR, jar);
        ObjectNode listed = JSON.createObjectNode().put("version", Version.current());
        ArrayNode names = listed.putArray("files").add(JAR);
        files.forEach((name, text) -> {
            objects.put(release + "/" + name, text);
            names.add(name);
        });
        objects.put(seal, listed.toPrettyString() + "\n");
    }

    private void explain(String release, WinnowConfig config, Map<String, String> files) {
        String day = (runDate == null ? RunOptions.yesterday(context.clock()) : runDate).toString();
        PrintStream out = context.out();
        out.println("release: " + release);
        out.println();
        out.println("# The daily chain on a cluster of EMR, a step for each command:");
        out.println("aws emr add-steps --cluster-id \"$CLUSTER_ID\" --steps '"
                + shorthand(fill(file(files, "emr/daily.json"), Map.of("RUN_DATE", day))) + "'");
        out.println();
        out.println("# All of it as one job run of EMR Serverless; the same call again starts no second one:");
        String token = new Digest().add(release).add("curate").add(day).hex(32);
        out.println("aws emr-serverless start-job-run --cli-input-json \"$(sed"
                + " -e \"s|\\${APPLICATION_ID}|$APPLICATION_ID|\" -e \"s|\\${EXECUTION_ROLE}|$EXECUTION_ROLE|\""
                + " -e \"s|\\${LOGS}|$LOGS|\" <<'END'");
        out.println(
                tree(fill(file(files, "emr-serverless/curate.json"), Map.of("RUN_DATE", day, "CLIENT_TOKEN", token))));
        out.println("END");
        out.println(")\"");
        out.println();
        out.println("# The entry of this pipeline in Airflow's variable winnow (see jobs/README.md):");
        ObjectNode variable = JSON.createObjectNode();
        variable.putObject(config.pipeline())
                .put("release", release)
                .put("warehouse", config.warehouse())
                .put("labeling", config.labeling().path());
        out.println(variable);
    }

    private static String file(Map<String, String> files, String name) {
        String text = files.get(name);
        if (text == null) {
            throw new UsageException("--jobs has no file " + name);
        }
        return text;
    }

    /** Steps as the AWS command line wants them: flat, while its own API and all SDKs nest them. */
    private static String shorthand(String steps) {
        ArrayNode flat = JSON.createArrayNode();
        for (JsonNode step : tree(steps)) {
            flat.addObject()
                    .put("Type", "CUSTOM_JAR")
                    .put("Name", step.path("Name").asText())
                    .put("ActionOnFailure", step.path("ActionOnFailure").asText())
                    .put("Jar", step.at("/HadoopJarStep/Jar").asText())
                    .set("Args", step.at("/HadoopJarStep/Args"));
        }
        return flat.toString();
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UsageException("a job template is no JSON: " + e.getOriginalMessage());
        }
    }
}
