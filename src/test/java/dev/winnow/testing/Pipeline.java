package dev.winnow.testing;

import dev.winnow.adapters.delta.DeltaTableStore;
import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.analysis.AnalyzeJob;
import dev.winnow.analysis.ImageReviewer;
import dev.winnow.analysis.PrepareImages;
import dev.winnow.candidates.CandidatesJob;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.LabeledSelections;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.labeling.LabelingTarget;
import dev.winnow.labeling.ManifestsJob;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.outcomes.ProposedWeights;
import dev.winnow.ports.History;
import dev.winnow.ports.ImageStore;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.progress.OpenJobs;
import dev.winnow.runtime.AliasedImages;
import dev.winnow.runtime.Rounds;
import dev.winnow.segments.Readiness;
import dev.winnow.segments.SegmentsJob;
import dev.winnow.selection.SelectJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The stages of one pipeline on a local folder, as the command line wires them. */
public final class Pipeline {
    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final TrainingSet training;

    private Pipeline(WinnowConfig config, TableStore tables, ObjectStore objects) {
        this.config = config;
        this.tables = tables;
        this.objects = objects;
        SparkSources sources = new SparkSources(SparkExtension.session());
        this.cameras = new CameraTable(sources, config.cameras());
        this.training = new TrainingSet(sources, config);
        this.inferences = new InferenceLog(sources, config.inferences(), cameras);
        this.feedback = new FeedbackLog(sources, config.feedback());
    }

    /** Reads {@code hocon} as a configuration file below {@code folder}; {@code $root} stands for the folder. */
    public static Pipeline of(Path folder, String hocon) {
        WinnowConfig config = read(folder, hocon);
        TableStore tables = new DeltaTableStore(SparkExtension.session(), config.warehouse(), () -> {});
        return new Pipeline(config, tables, new LocalObjects());
    }

    /** The same with stores of the test's own. */
    public static Pipeline of(Path folder, String hocon, TableStore tables, ObjectStore objects) {
        return new Pipeline(read(folder, hocon), tables, objects);
    }

    /** Reads a configuration; {@code $root} stands for the folder. */
    public static WinnowConfig read(Path folder, String hocon) {
        try {
            Path file = Files.writeString(
                    Files.createTempFile(folder, "pipeline", ".conf"), hocon.replace("$root", folder.toString()));
            return WinnowConfig.load(file.toFile(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public WinnowConfig config() {
        return config;
    }

    public TableStore tables() {
        return tables;
    }

    public Stage.Report segments(LocalDate day) {
        return new SegmentsJob(
                        config,
                        inferences,
                        feedback,
                        cameras,
                        new Readiness(config.inferences().readiness(), objects),
                        tables,
                        new LabeledSelections(config, tables),
                        LocalDate.MIN,
                        day)
                .run(day);
    }

    public Stage.Report candidates(LocalDate day) {
        return new CandidatesJob(config, inferences, feedback, cameras, tables).run(day);
    }

    public Stage.Report analyze(LocalDate day) {
        return analyze(day, null);
    }

    public Stage.Report analyze(LocalDate day, @Nullable ImageReviewer reviewer) {
        return new AnalyzeJob(
                        config,
                        inferences,
                        feedback,
                        cameras,
                        tables,
                        new PrepareImages(
                                new SharedObjects(objects),
                                config.labeling().imageAliases(),
                                config.analysisRoot(),
                                config.analysis().sample()),
                        reviewer,
                        training,
                        new LabeledSelections(config, tables))
                .run(day);
    }

    public Stage.Report select(LocalDate day) {
        return select(day, 1);
    }

    public Stage.Report select(LocalDate day, int round) {
        ImageStore images = new AliasedImages(objects, config.labeling().imageAliases());
        return new SelectJob(config, inferences, cameras, tables, images, rounds(), earlier(), round).run(day);
    }

    public Stage.Report manifests(LocalDate day) {
        List<LabelingTarget> targets =
                List.of(new GroundTruthTarget(config.labeling().groundTruth()), new LabelStudioTarget());
        return new ManifestsJob(config, tables, objects, rounds(), targets, 1, () -> {}).run(day);
    }

    /** All stages; returns what they say. */
    public List<String> curate(LocalDate day) {
        List<String> sentences = new ArrayList<>();
        stages().forEach(stage -> sentences.addAll(stage.apply(day).sentences()));
        return sentences;
    }

    /** The stages of a day in their order. */
    public List<Function<LocalDate, Stage.Report>> stages() {
        return List.of(this::segments, this::analyze, this::candidates, this::select, this::manifests);
    }

    /** Rows of a stored table of this pipeline. */
    public Dataset<Row> rows(String table) {
        return tables.readStored(table).filter("pipeline = '" + config.pipeline() + "'");
    }

    /** Rows of a stored table as texts, sorted: what a repeated run must not change. */
    public List<String> content(String table) {
        return rows(table).toJSON().collectAsList().stream().sorted().toList();
    }

    /** Published files by name below the labeling path, with their bytes as text. */
    public Map<String, String> published() {
        Map<String, String> files = new TreeMap<>();
        Path root = Path.of(config.labeling().path());
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    files.put(root.relativize(file).toString(), Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private History earlier() {
        return new History(
                new OpenJobs(config.pipeline(), tables, config.labeling().team()),
                new LabeledSelections(config, tables),
                new ProposedWeights(config.pipeline(), tables));
    }

    private Rounds rounds() {
        return new Rounds(objects, config.labeling().path(), config.pipeline());
    }
}
