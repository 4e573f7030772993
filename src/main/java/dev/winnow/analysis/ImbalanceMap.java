package dev.winnow.analysis;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.AnalysisSettings;
import dev.winnow.config.ConfigException;
import dev.winnow.config.ImbalanceSettings;
import dev.winnow.config.InferenceSettings.RowPer;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;

/**
 * Writes the class-imbalance map of a run date, and what to collect.
 *
 * <p>Cells are summed where they lie. To the driver come: classes and values of dimensions, at most {@link #MAX_CLASSES};
 * sampled images, at most {@link AnalysisSettings#MAX_IMAGES}; and people's answers on drawn images and classes, at most
 * {@link #MAX_CHECKS}.
 */
public final class ImbalanceMap {
    private static final int MAX_CLASSES = 100_000;
    private static final int MAX_CHECKS = 1_000_000;
    private static final String CHECKS =
            "answers of people on drawn images and classes: lower analysis.imbalance.window-days";

    /** A dimension with more values than this makes no conditions one could ask for. */
    private static final int MAX_VALUES = 100;

    private static final String FDR = "FDR";

    /** What tells one image of a use case from another. */
    private static final Column IMAGE = concat_ws(" ", col(Inferences.CAPTURED_AT), col(INFERENCE_ID));

    private final WinnowConfig config;
    private final ImbalanceSettings settings;
    private final TrainingSet training;
    private final CameraTable cameras;
    private final TableStore tables;

    /**
     * What was written.
     *
     * @param rows rows of both tables
     * @param sentences what a person wants to know
     */
    public record Written(long rows, List<String> sentences) {}

    /** What the stage before says of a use case as a whole. */
    private record Whole(LocalDate lastEventDate, boolean byAlarms) {}

    /** Creates the map over its inputs and tables. */
    public ImbalanceMap(WinnowConfig config, TrainingSet training, CameraTable cameras, TableStore tables) {
        this.config = config;
        this.settings = config.analysis().imbalance();
        this.training = training;
        this.cameras = cameras;
        this.tables = tables;
    }

    /**
     * Replaces the map and the requests of a run date; the findings on its images must be there already.
     *
     * @param day run date
     * @param runId run that makes the rows
     * @param checked what people see on drawn images, shaped like {@link HumanChecked}; where there is too little of it,
     *     shares of what a model sees stay uncalibrated, and there is none in the field
     */
    public Written write(LocalDate day, String runId, Dataset<Row> checked) {
        Map<String, Whole> wholes = wholes(day);
        if (wholes.isEmpty()) {
            long none =
                    replace(ClassImbalance.TABLE, day, List.of()) + replace(CollectionRequests.TABLE, day, List.of());
            return new Written(
                    none, List.of("segments of " + day + " hold no mature verdicts, so no class is looked at"));
        }
        List<TrainingSet.Count> counts = training.counts();
        List<String> sentences = new ArrayList<>();
        if (!training.present()) {
            sentences.add("What the models were trained on is not known, so no class is said to be short of it: set"
                    + " inputs.training");
        }
        Map<String, List<LookedAt>> images = images(day);
        Synonyms synonyms = Synonyms.with(settings.synonyms());
        Dataset<Row> exposure = window(ExposureDaily.TABLE, day, wholes);
        Map<String, Long> frames = frames(exposure);
        List<String> dimensions = dimensions();
        Dataset<Row> byCamera = ErrorSums.byCamera(
                        cameras.withStaticDimensions(exposure),
                        cameras.withStaticDimensions(window(VerdictDaily.TABLE, day, wholes)
                                .filter(col(VerdictDaily.ARRIVAL_DATE).leq(lit(day)))),
                        dimensions)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Set<String> wide = wide(byCamera, sentences);
            Map<String, Map<String, Boolean>> labels = ErrorSums.labels(byCamera, MAX_CLASSES);
            Map<String, ClassNames> names = new TreeMap<>();
            for (String useCase : wholes.keySet()) {
                names.put(
                        useCase,
                        new ClassNames(
                                synonyms,
                                labels.getOrDefault(useCase, Map.of()),
                                config.useCase(useCase).labels(),
                                counts.stream()
                                        .filter(count -> count.useCase() == null
                                                || count.useCase().equals(useCase))
                                        .toList()));
            }
            Map<String, List<Checked>> checks = checks(checked, images, names, synonyms);
            Map<String, ErrorSums.OfUseCase> errors = errors(ErrorSums.without(byCamera, wide), frame(names), wholes);
            List<Row> map = new ArrayList<>();
            List<Row> requests = new ArrayList<>();
            for (String useCase : wholes.keySet()) {
                UseCaseNeeds needs = new UseCaseNeeds(
                        settings,
                        config.segments(),
                        synonyms,
                        new UseCaseNeeds.Known(
                                Objects.requireNonNull(names.get(useCase)).training(),
                                training.dimensions().stream()
                                        .filter(name -> dimensions.contains(name) && !wide.contains(name))
                                        .toList(),
                                errors.get(useCase),
                                config.useCase(useCase).labels(),
                                images.getOrDefault(useCase, List.of()),
                                checks.getOrDefault(useCase, List.of()),
                                frames.getOrDefault(useCase, 0L)));
                ClassImbalance.Common common = new ClassImbalance.Common(
                        config.pipeline(),
                        day,
                        runId,
                        useCase,
                        synonyms.version(),
                        needs.auditedImages(),
                        settings.minChecked());
                List<ClassNeed> found = needs.find();
                found.forEach(need -> map.add(ClassImbalance.row(common, need, NeedSentence.of(need))));
                List<Row> asked = CollectionRequests.rows(common, found, settings);
                requests.addAll(asked);
                sentences.add(sentence(useCase, found, asked.size(), needs));
                if (training.present()
                        && Objects.requireNonNull(names.get(useCase)).training().isEmpty()) {
                    sentences.add(useCase + ": the training set holds no label of this use case; is it called otherwise"
                            + " there? Map inputs.training.columns.use_case, or leave it out");
                }
            }
            long rows = replace(ClassImbalance.TABLE, day, map) + replace(CollectionRequests.TABLE, day, requests);
            return new Written(rows, sentences);
        } finally {
            byCamera.unpersist();
        }
    }

    private static String sentence(String useCase, List<ClassNeed> needs, int requests, UseCaseNeeds of) {
        Map<ClassNeed.Action, List<String>> named = new TreeMap<>();
        needs.stream()
                .filter(need -> need.at().isWhole() && need.action() != null && need.action() != ClassNeed.Action.OK)
                .forEach(need -> named.computeIfAbsent(Objects.requireNonNull(need.action()), a -> new ArrayList<>())
                        .add(need.at().label()));
        Double bits = of.jensenShannon();
        return String.format(
                Locale.ROOT,
                "%s: %s; %,d requests%s",
                useCase,
                named.isEmpty() ? "no class stands out" : named.toString().replaceAll("[{}]", ""),
                requests,
                bits == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; training differs from the %s by %.3f bits (Jensen-Shannon)",
                                of.divergenceOf().equals(UseCaseNeeds.FIELD) ? "field" : "errors",
                                bits));
    }

    /** Dimensions under which classes are looked at. */
    private List<String> dimensions() {
        return settings.dimensions().isEmpty()
                ? List.copyOf(config.inferences().input().dimensions().keySet())
                : settings.dimensions().stream().distinct().sorted().toList();
    }

    // ---- what is read

    /** What the stage before found of each use case as a whole: which event dates count, and what errors are held to. */
    private Map<String, Whole> wholes(LocalDate day) {
        Map<String, Whole> wholes = new TreeMap<>();
        tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(USE_CASE).notEqual(Inferences.UNKNOWN_VALUE))
                        .and(size(col(SegmentFindings.DIMENSIONS)).equalTo(0)))
                .select(USE_CASE, SegmentFindings.LAST_EVENT_DATE, SegmentFindings.MEASURE)
                .collectAsList()
                .forEach(row ->
                        wholes.put(row.getString(0), new Whole(row.getLocalDate(1), !FDR.equals(row.getString(2)))));
        return wholes;
    }

    /** Cells of the window's event dates that are mature in their use case. */
    private Dataset<Row> window(TableDef table, LocalDate day, Map<String, Whole> wholes) {
        Column mature = lit(false);
        for (Map.Entry<String, Whole> whole : wholes.entrySet()) {
            mature = when(
                            col(USE_CASE).equalTo(whole.getKey()),
                            col(ExposureDaily.EVENT_DATE)
                                    .leq(lit(whole.getValue().lastEventDate())))
                    .otherwise(mature);
        }
        LocalDate from = day.minusDays(settings.windowDays() - 1L);
        return tables.read(table.withDimensions(
                        config.inferences().input().dimensions().keySet()))
                .filter(col(ExposureDaily.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config)))
                        .and(col(ExposureDaily.EVENT_DATE).between(lit(from), lit(day)))
                        .and(mature));
    }

    /** Frames by use case; none where the log has a row for each box, so that nobody counts them. */
    private Map<String, Long> frames(Dataset<Row> exposure) {
        Map<String, Long> frames = new HashMap<>();
        if (config.inferences().rowPer() == RowPer.BOX) {
            return frames;
        }
        exposure.groupBy(USE_CASE)
                .agg(sum(ExposureDaily.SHOWN))
                .collectAsList()
                .forEach(row -> frames.put(row.getString(0), row.getLong(1)));
        return frames;
    }

    private static Set<String> wide(Dataset<Row> byCamera, List<String> sentences) {
        Set<String> wide = new TreeSet<>();
        ErrorSums.values(byCamera).forEach((dimension, values) -> {
            if (values > MAX_VALUES) {
                wide.add(dimension);
                sentences.add(String.format(
                        Locale.ROOT,
                        "Classes are not looked at by %s: it has %,d values, more than %d",
                        dimension,
                        values,
                        MAX_VALUES));
            }
        });
        return wide;
    }

    private Dataset<Row> frame(Map<String, ClassNames> names) {
        List<Row> rows = new ArrayList<>();
        names.forEach((useCase, of) -> of.names()
                .forEach((label, name) -> rows.add(RowFactory.create(useCase, label, name, of.isClass(name)))));
        return tables.frame(ErrorSums.NAMES, rows);
    }

    private static Map<String, ErrorSums.OfUseCase> errors(
            Dataset<Row> byCamera, Dataset<Row> names, Map<String, Whole> wholes) {
        Map<String, Boolean> byAlarms = new TreeMap<>();
        wholes.forEach((useCase, whole) -> byAlarms.put(useCase, whole.byAlarms()));
        try {
            return ErrorSums.of(byCamera, names, byAlarms, MAX_CLASSES);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("analysis.imbalance: " + e.getMessage() + " are too many; name fewer dimensions");
        }
    }

    /** Sampled images of the window, by use case; one that was sampled twice as it was looked at last. */
    private Map<String, List<LookedAt>> images(LocalDate day) {
        Dataset<Row> findings = tables.read(ImageFindings.TABLE)
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE)
                                .between(lit(day.minusDays(settings.windowDays() - 1L)), lit(day))))
                .select(
                        col(USE_CASE),
                        IMAGE,
                        col(ImageFindings.RUN_DATE),
                        col(CAMERA_ID),
                        col(ImageFindings.INCLUSION_PROBABILITY),
                        col(ImageFindings.STATUS),
                        col(ImageFindings.OBJECTS + "." + ImageFindings.OBJECT_CLASS),
                        col(ImageFindings.OTHER_OBJECTS),
                        col(ImageFindings.CORRECTED_LABEL),
                        col(Inferences.IMAGE_URI));
        List<Row> rows =
                atMost(findings, AnalysisSettings.MAX_IMAGES, "sampled images: lower analysis.imbalance.window-days");
        rows.sort(Comparator.comparing((Row row) -> row.getString(0))
                .thenComparing(row -> row.getString(1))
                .thenComparing(row -> row.getLocalDate(2)));
        Map<String, Map<String, LookedAt>> images = new TreeMap<>();
        for (Row row : rows) {
            images.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                    .put(
                            row.getString(1),
                            new LookedAt(
                                    row.getString(1),
                                    row.getString(9),
                                    row.getString(3),
                                    1 / row.getDouble(4),
                                    ImageFindings.ANSWERED.equals(row.getString(5)) ? words(row) : null,
                                    row.getString(8)));
        }
        Map<String, List<LookedAt>> sorted = new HashMap<>();
        images.forEach((useCase, of) -> sorted.put(useCase, List.copyOf(of.values())));
        return sorted;
    }

    private static Set<String> words(Row row) {
        Set<String> words = new TreeSet<>();
        for (int column : List.of(6, 7)) {
            if (!row.isNullAt(column)) {
                words.addAll(row.getList(column));
            }
        }
        return words;
    }

    /**
     * What people say of each class on each drawn image. They were asked about all classes of the use case; of an image
     * that was to check the model, what counts is whether both see the class.
     */
    private static Map<String, List<Checked>> checks(
            Dataset<Row> checked,
            Map<String, List<LookedAt>> images,
            Map<String, ClassNames> names,
            Synonyms synonyms) {
        List<Row> rows = atMost(
                checked.select(
                        col(USE_CASE),
                        IMAGE,
                        col(HumanChecked.DESIGN),
                        col(CAMERA_ID),
                        col(HumanChecked.CLASSES),
                        col(HumanChecked.INCLUSION_PROBABILITY)),
                MAX_CHECKS,
                CHECKS);
        rows.sort(Comparator.comparing((Row row) -> row.getString(0))
                .thenComparing(row -> row.getString(1))
                .thenComparing(row -> row.getString(2)));
        Map<String, Map<String, LookedAt>> looked = new HashMap<>();
        images.forEach((useCase, of) -> of.forEach(
                image -> looked.computeIfAbsent(useCase, u -> new HashMap<>()).put(image.image(), image)));
        Map<String, Synonyms.Vocabulary> words = new HashMap<>();
        names.forEach((useCase, of) -> words.put(useCase, synonyms.of(of.classes())));
        Map<String, List<Checked>> checks = new HashMap<>();
        long most = MAX_CHECKS;
        for (Row row : rows) {
            ClassNames of = names.get(row.getString(0));
            if (of == null) {
                continue; // a use case without mature verdicts has no map
            }
            List<String> shown = row.getList(4);
            double weight = 1 / row.getDouble(5);
            List<Checked> found = row.getString(2).equals(HumanChecked.AUDIT)
                    ? Checked.audited(row.getString(1), row.getString(3), weight, shown)
                    : Checked.reviewed(
                            looked.getOrDefault(row.getString(0), Map.of()).get(row.getString(1)),
                            weight,
                            shown,
                            of.classes(),
                            Objects.requireNonNull(words.get(row.getString(0))));
            checks.computeIfAbsent(row.getString(0), u -> new ArrayList<>()).addAll(found);
            most -= found.size();
            if (most < 0) {
                throw tooMany(MAX_CHECKS, CHECKS);
            }
        }
        return checks;
    }

    private static List<Row> atMost(Dataset<Row> rows, int most, String what) {
        List<Row> found = new ArrayList<>(rows.limit(most + 1).collectAsList());
        if (found.size() > most) {
            throw tooMany(most, what);
        }
        return found;
    }

    private static ConfigException tooMany(int most, String what) {
        return new ConfigException("the class-imbalance map takes at most " + most + " " + what);
    }

    // ---- what is written

    private long replace(TableDef table, LocalDate day, List<Row> rows) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(ClassImbalance.PIPELINE, config.pipeline());
        scope.put(ClassImbalance.RUN_DATE, day);
        return tables.replace(table, tables.frame(table, rows), scope);
    }
}
