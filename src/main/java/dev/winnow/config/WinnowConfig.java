package dev.winnow.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.winnow.config.InferenceSettings.RowPer;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The whole configuration, validated.
 *
 * @param pipeline name that begins every key; one configuration over one stream of inferences
 * @param warehouse root of the output tables
 * @param inferences the inference log
 * @param feedback customer feedback
 * @param cameras camera table
 * @param training what the models were trained on
 * @param answers answers that come back from labeling
 * @param reviews reviews of labels
 * @param modelTraining which rounds trained which model version; may be absent
 * @param rejects rows that break the contract
 * @param segments segments and rates
 * @param useCases use case to its settings; {@code default} holds for all that are not named
 * @param consensus use case to how its answers become labels; {@code default} holds for all that are not named
 * @param quality how right labels must be
 * @param analysis how misclassified images are looked at
 * @param selection candidate pool
 * @param labeling manifests
 * @param outcomes how it is told whether rounds helped
 * @param export training sets
 * @param report the HTML report
 * @param maintain upkeep of the output tables
 * @param s3 how S3 is reached
 * @param lease warehouse lease
 * @param metrics metrics of every stage
 * @param spark Spark settings of a local run, for keys that spark-submit did not set
 * @param effective the effective configuration as JSON with sorted keys
 * @param semantic the part of it that decides results, without locations, credentials and sizing
 */
public record WinnowConfig(
        String pipeline,
        String warehouse,
        InferenceSettings inferences,
        FeedbackSettings feedback,
        CameraSettings cameras,
        TrainingSettings training,
        AnswerSettings answers,
        ReviewSettings reviews,
        InputSettings modelTraining,
        RejectSettings rejects,
        SegmentSettings segments,
        Map<String, UseCaseSettings> useCases,
        Map<String, ConsensusSettings> consensus,
        QualitySettings quality,
        AnalysisSettings analysis,
        SelectionSettings selection,
        LabelingSettings labeling,
        OutcomeSettings outcomes,
        ExportSettings export,
        ReportSettings report,
        MaintainSettings maintain,
        S3Settings s3,
        LeaseSettings lease,
        MetricsSettings metrics,
        Map<String, String> spark,
        String effective,
        String semantic) {

    /** Name of the use case whose settings hold for all that are not named. */
    public static final String DEFAULT_USE_CASE = "default";

    private static final String REFERENCE = "dev/winnow/reference.conf";

    /**
     * Reader options and Spark settings may hold credentials; what is stored with a run never does. The tokens of a
     * model are no secret.
     */
    private static final Pattern SECRET =
            Pattern.compile("(?i)(?!analysis\\.model\\.).*(secret|password|token|access.?key).*");

    /** Keys that say where and how large, not what: they do not change a result. */
    private static final List<String> NOT_SEMANTIC = List.of(
            "warehouse",
            "inputs.inferences.path",
            "inputs.inferences.table",
            "inputs.inferences.readiness",
            "inputs.inferences.late-days",
            "rejects",
            "segments.after-change",
            "inputs.feedback.path",
            "inputs.feedback.table",
            "inputs.cameras.path",
            "inputs.cameras.table",
            "inputs.training.path",
            "inputs.training.table",
            "inputs.answers.path",
            "inputs.answers.table",
            "inputs.answers.exports",
            "inputs.answers.max-answers",
            "inputs.reviews.path",
            "inputs.reviews.table",
            "inputs.model-training.path",
            "inputs.model-training.table",
            "analysis.path",
            "analysis.model.region",
            "analysis.model.endpoint",
            "analysis.model.timeout",
            "analysis.model.pace",
            "analysis.model.batch",
            "labeling.path",
            "labeling.image-aliases",
            "labeling.ground-truth",
            "labeling.label-studio",
            "export.path",
            "report",
            "maintain",
            "s3",
            "lease",
            "metrics",
            "spark");

    /** Returns how images of {@code useCase} are scored by their boxes; rows that are images are scored alone. */
    public UseCaseSettings.Boxes boxes(String useCase) {
        return inferences.rowPer() == RowPer.BOX ? useCase(useCase).boxes() : UseCaseSettings.Boxes.NONE;
    }

    /** Returns the settings that hold for {@code useCase}. */
    public UseCaseSettings useCase(String useCase) {
        return Objects.requireNonNull(
                useCases.getOrDefault(useCase, useCases.get(DEFAULT_USE_CASE)), "the reference configuration has it");
    }

    /** Returns the root of prepared images, stored calls and batch files. */
    public String analysisRoot() {
        String root =
                analysis.path().isEmpty() ? warehouse.replaceAll("/+$", "") + "/_winnow/analysis" : analysis.path();
        return root.replaceAll("(?<=.)/+$", "");
    }

    /** Returns the root of training sets. */
    public String exportRoot() {
        String root = export.path().isEmpty() ? labeling.path().replaceAll("/+$", "") + "/exports" : export.path();
        return root.replaceAll("(?<=.)/+$", "");
    }

    /** Returns the prefix under which the answers to labeling jobs are put. */
    public String answersRoot() {
        return labeling.path().replaceAll("/+$", "") + "/" + pipeline + "/answers/";
    }

    /** Returns the root of the HTML reports. */
    public String reportRoot() {
        String root = report.path().isEmpty() ? warehouse.replaceAll("/+$", "") + "/_winnow/report" : report.path();
        return root.replaceAll("(?<=.)/+$", "");
    }

    /** Returns how answers of {@code useCase} become labels. */
    public ConsensusSettings consensus(String useCase) {
        return Objects.requireNonNull(
                consensus.getOrDefault(useCase, consensus.get(DEFAULT_USE_CASE)), "the reference configuration has it");
    }

    /** Returns where the metrics of a command's attempt go; empty: standard output. */
    public Optional<String> metricsFile(String attemptId) {
        return metrics.path().isEmpty()
                ? Optional.empty()
                : Optional.of(metrics.path().replaceAll("/+$", "") + "/" + pipeline + "/" + attemptId + ".jsonl");
    }

    /**
     * Loads a file; precedence, highest first: {@code --set}, {@code CONFIG_FORCE_*} environment, file, defaults.
     *
     * @throws ConfigException with every problem at once
     */
    public static WinnowConfig load(File file, Map<String, String> overrides) {
        if (!Files.isReadable(file.toPath())) {
            throw new ConfigException("configuration file " + file + " does not exist or can't be read");
        }
        try {
            return load(
                    ConfigFactory.parseFile(file, ConfigParseOptions.defaults().setAllowMissing(false)), overrides);
        } catch (com.typesafe.config.ConfigException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    static WinnowConfig load(Config file, Map<String, String> overrides) {
        Config merged = commandLine(overrides)
                .withFallback(ConfigFactory.systemEnvironmentOverrides())
                .withFallback(file)
                .withFallback(ConfigFactory.parseResources(WinnowConfig.class.getClassLoader(), REFERENCE))
                .resolve();
        Config semantic = merged;
        for (String path : NOT_SEMANTIC) {
            semantic = semantic.withoutPath(path);
        }
        Section root = new Section(merged);
        WinnowConfig config = read(root, json(merged), json(semantic));
        root.rejectUnknownKeys();
        root.throwIfInvalid();
        return config;
    }

    /** Returns the names of stored bins that dimensions ask for, each with the first key that does. */
    public Map<String, String> binsByName() {
        Map<String, String> names = new TreeMap<>();
        for (InputSettings input : List.of(inferences.input(), cameras.input())) {
            input.dimensions().forEach((dimension, settings) -> {
                if (!settings.bins().isEmpty()) {
                    names.putIfAbsent(settings.bins(), "inputs." + input.name() + ".dimensions." + dimension);
                }
            });
        }
        return names;
    }

    /**
     * Returns the configuration with the edges that its dimensions name; they are part of what decides results.
     *
     * @param edges the stored edges of every name of {@link #binsByName}
     */
    public WinnowConfig withBins(Map<String, List<Double>> edges) {
        UnaryOperator<DimensionSettings> looked = dimension -> dimension.bins().isEmpty()
                ? dimension
                : new DimensionSettings(
                        dimension.value(),
                        Objects.requireNonNull(edges.get(dimension.bins()), dimension.bins()),
                        dimension.bins());
        InputSettings frames = inferences.input().mapDimensions(looked);
        InputSettings statics = cameras.input().mapDimensions(looked);
        return new WinnowConfig(
                pipeline,
                warehouse,
                inferences.withInput(frames),
                feedback,
                new CameraSettings(statics),
                training,
                answers,
                reviews,
                modelTraining,
                rejects,
                segments,
                useCases,
                consensus,
                quality,
                analysis,
                selection,
                labeling,
                outcomes,
                export,
                report,
                maintain,
                s3,
                lease,
                metrics,
                spark,
                withEdges(effective, frames, statics),
                withEdges(semantic, frames, statics));
    }

    private static String withEdges(String json, InputSettings... inputs) {
        Config all = ConfigFactory.parseString(json);
        for (InputSettings input : inputs) {
            for (Map.Entry<String, DimensionSettings> entry : input.dimensions().entrySet()) {
                if (!entry.getValue().bins().isEmpty()) {
                    all = all.withValue(
                            ConfigUtil.joinPath("inputs", input.name(), "dimensions", entry.getKey(), "edges"),
                            ConfigValueFactory.fromIterable(entry.getValue().edges()));
                }
            }
        }
        return all.root().render(ConfigRenderOptions.concise());
    }

    private static void requireSplit(Section root, String useCase, String splitBy, CameraSettings cameras) {
        Set<String> known =
                cameras.input().present() ? cameras.input().dimensions().keySet() : Set.of();
        if (!splitBy.isEmpty() && !splitBy.equals(TaskSettings.SITE) && !known.contains(splitBy)) {
            root.problem(
                    "labeling",
                    ".tasks." + useCase + ".split-by = " + splitBy + ", expected " + TaskSettings.SITE
                            + " or a dimension of inputs.cameras, of which there are " + known);
        }
    }

    private static WinnowConfig read(Section root, String effective, String semantic) {
        Inputs inputs = root.object("inputs", Inputs::read);
        Map<String, UseCaseSettings> useCases =
                new LinkedHashMap<>(root.entries("use-cases", DEFAULT_USE_CASE, UseCaseSettings::read));
        useCases.forEach((name, useCase) -> {
            if (useCase.uncertainty() != Uncertainty.CONFIDENCE && !inputs.inferences.has("scores")) {
                root.problem(
                        "use-cases",
                        "." + name
                                + ".uncertainty is told by the scores of all classes: map inputs.inferences.columns.scores,"
                                + " an array or map of them, or take confidence");
            }
            if (useCase.boxes().score() != ImageScore.MAX && inputs.inferences.rowPer() == RowPer.IMAGE) {
                root.problem(
                        "use-cases",
                        "." + name
                                + ".image-score is made of the boxes of an image: set inputs.inferences.row-per = box, or take"
                                + " max");
            }
        });
        Set<String> configured =
                new TreeSet<>(inputs.inferences.input().dimensions().keySet());
        configured.addAll(inputs.cameras.input().dimensions().keySet());
        Set<String> dimensions = new TreeSet<>(InputSettings.BUILT_IN_DIMENSIONS);
        dimensions.addAll(configured);
        LabelingSettings labeling = root.object("labeling", LabelingSettings::read);
        labeling.tasks().forEach((name, task) -> requireSplit(root, name, task.splitBy(), inputs.cameras));
        return new WinnowConfig(
                root.text(
                        "pipeline",
                        name -> name.matches("[a-z0-9][a-z0-9-]{0,39}"),
                        "a name of small letters, digits and hyphens, at most 40 characters"),
                root.text("warehouse", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                inputs.inferences,
                inputs.feedback,
                inputs.cameras,
                inputs.training,
                inputs.answers,
                inputs.reviews,
                inputs.modelTraining,
                root.object("rejects", RejectSettings::read),
                root.object("segments", section -> SegmentSettings.read(section, dimensions)),
                useCases,
                root.entries("consensus", DEFAULT_USE_CASE, ConsensusSettings::read),
                root.object("quality", section -> QualitySettings.read(section, configured)),
                root.object("analysis", section -> AnalysisSettings.read(section, dimensions)),
                root.object("selection", SelectionSettings::read),
                labeling,
                root.object("outcomes", OutcomeSettings::read),
                root.object("export", ExportSettings::read),
                root.object("report", ReportSettings::read),
                root.object("maintain", MaintainSettings::read),
                root.object("s3", S3Settings::read),
                root.object("lease", LeaseSettings::read),
                root.object("metrics", MetricsSettings::read),
                root.textMap("spark", key -> key.startsWith("spark."), "a Spark setting begins with spark."),
                effective,
                semantic);
    }

    private record Inputs(
            InferenceSettings inferences,
            FeedbackSettings feedback,
            CameraSettings cameras,
            TrainingSettings training,
            AnswerSettings answers,
            ReviewSettings reviews,
            InputSettings modelTraining) {
        static Inputs read(Section section) {
            Inputs inputs = new Inputs(
                    section.object("inferences", InferenceSettings::read),
                    section.object("feedback", FeedbackSettings::read),
                    section.object("cameras", CameraSettings::read),
                    section.object("training", TrainingSettings::read),
                    section.object("answers", AnswerSettings::read),
                    section.object("reviews", ReviewSettings::read),
                    section.object("model-training", Inputs::modelTraining));
            List<String> twice =
                    new ArrayList<>(inputs.inferences.input().dimensions().keySet());
            twice.retainAll(inputs.cameras.input().dimensions().keySet());
            if (!twice.isEmpty()) {
                section.problem("cameras", ".dimensions and inferences.dimensions both define " + twice);
            }
            Set<String> known =
                    new TreeSet<>(inputs.inferences.input().dimensions().keySet());
            known.addAll(inputs.cameras.input().dimensions().keySet());
            if (!known.containsAll(inputs.training.input().dimensions().keySet())) {
                section.problem(
                        "training",
                        ".dimensions: " + inputs.training.input().dimensions().keySet()
                                + " must be among those of inferences and cameras, which are " + known);
            }
            CameraSettings cameras = inputs.cameras;
            List<String> local = inputs.inferences.input().dimensions().keySet().stream()
                    .filter(inputs.inferences::isLocal)
                    .toList();
            if (!local.isEmpty()
                    && !cameras.input().present()
                    && cameras.input().timeZone().isEmpty()) {
                section.problem(
                        "inferences",
                        ".dimensions: " + local + " need a local time; map cameras.columns.time_zone, or set"
                                + " cameras.time-zone to the zone of all cameras, such as Europe/Berlin");
            }
            return inputs;
        }

        private static InputSettings modelTraining(Section section) {
            section.refuse("dimensions", "a round has no dimensions; leave the key out");
            section.refuse("partition-filter", "the table is small and read whole; leave the key out");
            return InputSettings.read(
                    section, "model-training", List.of("round_id", "model_version", "trained_at"), "");
        }
    }

    /** Texts stay texts; only lists, objects, numbers and flags are parsed, so that URIs need no quotes and numbers
     * are the same as in a file. */
    /** What {@code --set} says, as a file would: numbers, flags, lists and objects are none but texts in quotes there. */
    public static Config commandLine(Map<String, String> overrides) {
        Map<String, Object> values = new TreeMap<>();
        overrides.forEach((path, text) -> values.put(
                path,
                text.startsWith("[") || text.startsWith("{") || text.matches("-?[0-9]+(\\.[0-9]+)?|true|false")
                        ? ConfigFactory.parseString("v = " + text).root().get("v")
                        : text));
        return ConfigFactory.parseMap(values, "command line");
    }

    private static String json(Config config) {
        Config shown = config;
        for (String path : config.entrySet().stream().map(Map.Entry::getKey).toList()) {
            if (SECRET.matcher(path).matches()) {
                shown = shown.withValue(path, ConfigValueFactory.fromAnyRef("(not shown)"));
            }
        }
        return shown.root().render(ConfigRenderOptions.concise());
    }
}
