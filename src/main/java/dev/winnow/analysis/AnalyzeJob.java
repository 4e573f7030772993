package dev.winnow.analysis;

import static java.util.stream.Collectors.partitioningBy;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SampleSettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.TrainingSet;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.ReturnedLabels;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.DayBuilds;
import dev.winnow.segments.Misclassified;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.tables.TableDef;
import java.awt.Dimension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a sample of the images that were found misclassified on a day, and maps which classes lack training data.
 *
 * <p>What is misclassified stays distributed. To the driver come strata, at most one per class and elevated segment, and the
 * drawn images without their pixels, at most {@code size x oversample} of {@link SampleSettings} and one per stratum.
 */
public final class AnalyzeJob implements Stage {
    public static final String NAME = "analyze";
    private static final String MEDIA_TYPE = "image/jpeg";
    private static final String IMAGE = "image";

    /** Segments further down are left out: every misclassified image is held against each of these. */
    private static final int MOST_SEGMENTS = 1_000;

    /** An image that was asked about, whatever the answer is worth. */
    private static final Object[] ASKED = {
        ImageFindings.ANSWERED,
        ImageFindings.TRUNCATED,
        ImageFindings.REFUSED,
        ImageFindings.MALFORMED,
        ImageFindings.OFF_SCHEMA,
        ImageFindings.LOST,
        ImageFindings.SUBMITTED
    };

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final TableStore tables;
    private final PrepareImages preparation;
    private final @Nullable ImageReviewer reviewer;
    private final TrainingSet training;
    private final ReturnedLabels labels;

    /**
     * Creates the job over its inputs and tables.
     *
     * @param preparation how executors fetch and prepare images
     * @param reviewer who looks at the images; null: they are measured only
     * @param training what the models were trained on
     * @param labels what people said of earlier rounds
     */
    public AnalyzeJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            TableStore tables,
            PrepareImages preparation,
            @Nullable ImageReviewer reviewer,
            TrainingSet training,
            ReturnedLabels labels) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.tables = tables;
        this.preparation = preparation;
        this.reviewer = reviewer;
        this.training = training;
        this.labels = labels;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Paid paid() {
        return reviewer == null ? Paid.NOTHING : reviewer.paid();
    }

    @Override
    public Report run(LocalDate day) {
        if (!feedback.present()) {
            return new Report(
                    0,
                    0,
                    0,
                    0,
                    "",
                    List.of("no feedback is configured, so no image is looked at, nor those that labels contradict: set"
                            + " inputs.feedback"));
        }
        requireVerdicts(day);
        DayInput input = feedback.day(day).and(cameras.files()).and(training.files());
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        training.counts(); // what is wrong with it stops the run before anything is paid
        Report looked = reviewer != null && reviewer.collects() ? collect(day, reviewer) : lookAt(day, runId);
        ImbalanceMap.Written map = new ImbalanceMap(config, training, cameras, tables)
                .write(
                        day,
                        runId,
                        labels.checked(
                                day.minusDays(config.analysis().imbalance().windowDays() - 1L), day));
        return new Report(
                looked.rowsIn(),
                looked.rowsOut() + map.rows(),
                0,
                0,
                input.fingerprint(),
                Stream.concat(looked.sentences().stream(), map.sentences().stream())
                        .toList());
    }

    /** Samples what was found wrong on the day, looks at it and writes the findings. */
    private Report lookAt(LocalDate day, String runId) {
        Dataset<Row> wrong = misclassified(day).filter(ofImages()).persist(StorageLevel.MEMORY_AND_DISK());
        Dataset<Row> bursts = wrong.transform(rows -> notSeenBefore(rows, day))
                .transform(cameras::withStaticDimensions)
                .transform(rows -> ImageSample.stratified(rows, classes(wrong), elevated(day), dimensions(), salt(day)))
                .transform(rows -> ImageSample.onePerBurst(rows, limits().burstSeconds(), limits().burstMaxSeconds()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> verdicts = byVerdict(wrong);
            Strata strata = new Strata(strata(bursts), limits());
            Map<String, Row> prepared = prepared(bursts, strata);
            requireAccess(prepared.values());
            List<Strata.Kept> kept = strata.kept(
                    prepared.values().stream().map(AnalyzeJob::drawn).toList());
            Map<String, ImageReview> reviews = reviews(day, kept, prepared);
            List<Map<String, Object>> findings = kept.stream()
                    .map(image -> FindingRow.of(day, runId, image, at(prepared, image.id()), reviews.get(image.id())))
                    .toList();
            return new Report(
                    AnalysisSentences.total(verdicts),
                    replace(day, findings),
                    0,
                    0,
                    "",
                    AnalysisSentences.ofLook(
                            day, verdicts, strata, prepared.size(), limits().size(), findings, reviewer != null));
        } finally {
            bursts.unpersist();
            wrong.unpersist();
        }
    }

    /**
     * Puts the answers of a batch job to the findings that wait for them; samples and fetches nothing anew. All findings
     * of the day come to the driver: they are the sample, at most {@code analysis.sample.size}.
     */
    private Report collect(LocalDate day, ImageReviewer of) {
        TableDef table = ImageFindings.TABLE.withDimensions(dimensions());
        List<Map<String, Object>> findings = new ArrayList<>();
        Map<String, Map<String, Object>> waiting = new TreeMap<>();
        List<ImageCase> cases = new ArrayList<>();
        for (Row row : tables.read(table)
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE).equalTo(lit(day))))
                .collectAsList()) {
            Map<String, Object> finding = new HashMap<>();
            table.columns().forEach(column -> finding.put(column, row.getAs(column)));
            findings.add(finding);
            if (ImageFindings.SUBMITTED.equals(finding.get(ImageFindings.STATUS))) {
                String id = String.join(
                        "\n",
                        row.<String>getAs(Inferences.USE_CASE),
                        String.valueOf(row.<LocalDate>getAs(Inferences.EVENT_DATE)),
                        row.getAs(Inferences.INFERENCE_ID));
                waiting.put(id, finding);
                cases.add(imageCase(id, row));
            }
        }
        if (cases.isEmpty()) {
            return new Report(0, 0, 0, 0, "", List.of("no image of " + day + " waits for a batch job"));
        }
        List<ImageReview> reviews = of.review(day, cases);
        long unknown = reviews.stream()
                .filter(review -> review.status().equals(ImageFindings.MEASURED))
                .count();
        if (unknown > 0) { // what was answered is stored, and found once the question is asked in the same words
            throw new ConfigException(unknown + " of " + cases.size() + " images of " + day
                    + " wait for answers to a question that this configuration does not ask: model, classes or prompt"
                    + " changed since they were submitted. Collect with what was deployed then, and change it after");
        }
        reviews.forEach(review -> FindingRow.put(Objects.requireNonNull(waiting.get(review.caseId())), review));
        return new Report(
                cases.size(), replace(day, findings), 0, 0, "", AnalysisSentences.ofStatuses(day, findings, true));
    }

    private SampleSettings limits() {
        return config.analysis().sample();
    }

    private String salt(LocalDate day) {
        return config.selection().salt() + "|" + day;
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    // ---- what is misclassified

    private void requireVerdicts(LocalDate day) {
        boolean built = !tables.read(DayBuilds.TABLE)
                .filter(col(DayBuilds.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(DayBuilds.DATE).equalTo(lit(day)))
                        .and(col(DayBuilds.TABLE_NAME).equalTo(VerdictDaily.TABLE.name()))
                        .and(col(DayBuilds.CELL_VERSION).equalTo(CellVersion.of(config))))
                .isEmpty();
        if (!built) {
            throw new ConfigException("there are no verdicts of " + day
                    + " for this configuration: run `segments --run-date " + day + "` first");
        }
    }

    /**
     * All that was found wrong on the day, shaped like {@link Misclassified}, and by whom: by what customers say, and where
     * they are silent by labels that came back.
     */
    private Dataset<Row> misclassified(LocalDate day) {
        Dataset<Row> marked = tables.read(Misclassified.TABLE.withDimensions(inferences.dimensions()))
                .filter(col(Misclassified.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Misclassified.ARRIVAL_DATE).equalTo(lit(day))));
        return Misclassified.together(
                marked.withColumn(ImageFindings.FOUND_BY, lit(ImageFindings.FEEDBACK)),
                labels.contradicted(day, inferences.dimensions())
                        .withColumn(ImageFindings.FOUND_BY, lit(ImageFindings.LABELS)));
    }

    /** Of use cases whose items are images: nobody looks at texts and sequence files here. */
    private Column ofImages() {
        Map<Boolean, List<String>> named = config.labeling().tasks().keySet().stream()
                .filter(useCase -> !useCase.equals(WinnowConfig.DEFAULT_USE_CASE))
                .collect(partitioningBy(this::hasImages));
        Column useCase = col(Inferences.USE_CASE);
        return hasImages(WinnowConfig.DEFAULT_USE_CASE)
                ? not(useCase.isin(named.getOrDefault(false, List.of()).toArray()))
                : useCase.isin(named.getOrDefault(true, List.of()).toArray());
    }

    private boolean hasImages(String useCase) {
        return config.labeling().subject(useCase) == Subject.IMAGE;
    }

    /** Classes that models named on the day, and configured ones; the misses of others are of an unknown class. */
    private Set<String> classes(Dataset<Row> wrong) {
        Set<String> classes = new TreeSet<>();
        config.useCases().values().forEach(useCase -> classes.addAll(useCase.labels()));
        wrong.filter(col(Inferences.PREDICTED_LABEL).isNotNull())
                .select(Inferences.PREDICTED_LABEL)
                .distinct()
                .collectAsList()
                .forEach(row -> classes.add(row.getString(0)));
        return classes;
    }

    /** One image that may not be read is a finding; if none may, it is the access to all of them. */
    private static void requireAccess(Collection<Row> prepared) {
        Set<String> reasons = new TreeSet<>();
        for (Row row : prepared) {
            String reason = row.getAs(ImageFindings.STATUS_REASON);
            if (reason == null || !reason.startsWith(PrepareImages.REFUSED)) {
                return;
            }
            reasons.add(reason);
        }
        if (!reasons.isEmpty()) {
            throw ServiceException.refused(
                    "No image of the sample may be read. " + reasons.iterator().next()
                            + "; with analysis.sample.size = 0 no image is looked at",
                    null);
        }
    }

    /** Leaves out images that the same model and prompt saw on an earlier run date, or that were measured then. */
    private Dataset<Row> notSeenBefore(Dataset<Row> rows, LocalDate day) {
        Column seen = reviewer == null
                ? col(ImageFindings.STATUS).notEqual(ImageFindings.UNREADABLE)
                : col(ImageFindings.MODEL_ID)
                        .equalTo(reviewer.modelId())
                        .and(col(ImageFindings.PROMPT_VERSION).equalTo(reviewer.promptVersion()))
                        .and(col(ImageFindings.STATUS).isin(ASKED));
        Dataset<Row> before = tables.read(ImageFindings.TABLE)
                .filter(col(ImageFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(ImageFindings.RUN_DATE).lt(lit(day)))
                        .and(seen))
                .select(
                        col(Inferences.USE_CASE),
                        ImageUris.canonical(col(Inferences.IMAGE_URI)).as(IMAGE));
        return rows.withColumn(IMAGE, ImageUris.canonical(col(Inferences.IMAGE_URI)))
                .join(before, new String[] {Inferences.USE_CASE, IMAGE}, "left_anti")
                .drop(IMAGE);
    }

    /** The segments of the day that are suspected or elevated. */
    private WorstSegments elevated(LocalDate day) {
        return WorstSegments.of(tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.STATUS).isNotNull()))
                .sort(
                        col(SegmentFindings.RANK).asc_nulls_last(),
                        col(SegmentFindings.USE_CASE),
                        col(SegmentFindings.SEGMENT))
                .limit(MOST_SEGMENTS)
                .select(SegmentFindings.conjunction())
                .collectAsList());
    }

    private static Map<String, Long> byVerdict(Dataset<Row> wrong) {
        Map<String, Long> counts = new TreeMap<>();
        wrong.groupBy(Misclassified.VERDICT)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        return counts;
    }

    // ---- the sample

    private static List<Strata.Stratum> strata(Dataset<Row> bursts) {
        return bursts
                .groupBy(Inferences.USE_CASE, ImageFindings.STRATUM)
                .agg(
                        count(lit(1)),
                        sum(ImageFindings.DUPLICATES),
                        max(col(ImageFindings.SEGMENT).isNotNull()))
                .collectAsList()
                .stream()
                .map(row -> new Strata.Stratum(
                        row.getString(0), row.getString(1), row.getLong(2), row.getLong(3), row.getBoolean(4)))
                .toList();
    }

    /** Draws images, fetches and prepares them; returns the rows by case, with what became of each. */
    private Map<String, Row> prepared(Dataset<Row> bursts, Strata strata) {
        Map<String, Row> prepared = new TreeMap<>();
        int wanted = strata.toDraw();
        if (wanted > 0) {
            Dataset<Row> drawn = ImageSample.drawn(bursts, tables.frame(ImageSample.TAKES, strata.takes()));
            int tasks = (wanted + PrepareImages.PER_TASK - 1) / PrepareImages.PER_TASK;
            drawn.repartition(tasks, col(ImageSample.CASE_ID))
                    .mapPartitions(preparation, Encoders.row(PrepareImages.schema(drawn.schema())))
                    .collectAsList()
                    .forEach(row -> prepared.put(row.getAs(ImageSample.CASE_ID), row));
        }
        return prepared;
    }

    private static Strata.Drawn drawn(Row row) {
        return new Strata.Drawn(
                row.getAs(ImageSample.CASE_ID),
                row.getAs(Inferences.USE_CASE),
                row.getAs(ImageFindings.STRATUM),
                row.getAs(Inferences.CAMERA_ID),
                row.getAs(Inferences.EVENT_DATE),
                row.<Double>getAs(ImageSample.DRAW),
                row.<Double>getAs(ImageSample.KEEP_DRAW),
                row.<Long>getAs(ImageFindings.DUPLICATES),
                row.getAs(PrepareImages.HASH_BITS));
    }

    private static Row at(Map<String, Row> rows, String id) {
        return Objects.requireNonNull(rows.get(id), id);
    }

    // ---- what is seen on it

    /** Has the readable images looked at; returns nothing if nobody looks. */
    private Map<String, ImageReview> reviews(LocalDate day, List<Strata.Kept> kept, Map<String, Row> prepared) {
        Map<String, ImageReview> reviews = new HashMap<>();
        if (reviewer != null) {
            List<ImageCase> cases = kept.stream()
                    .map(image -> at(prepared, image.id()))
                    .filter(row -> row.getAs(ImageFindings.IMAGE_HASH) != null)
                    .map(row -> imageCase(row.getAs(ImageSample.CASE_ID), row))
                    .toList();
            reviewer.review(day, cases).forEach(review -> reviews.put(review.caseId(), review));
        }
        return reviews;
    }

    private ImageCase imageCase(String id, Row row) {
        String hash = row.getAs(ImageFindings.IMAGE_HASH);
        Dimension size = Pixels.fitted(
                row.<Integer>getAs(ImageFindings.WIDTH), row.<Integer>getAs(ImageFindings.HEIGHT), limits().maxEdge());
        return new ImageCase(
                id,
                hash,
                preparation.place(hash),
                MEDIA_TYPE,
                size.width,
                size.height,
                row.getAs(Inferences.USE_CASE),
                row.getAs(Inferences.PREDICTED_LABEL),
                row.getAs(ImageFindings.VERDICT),
                row.getAs(ImageFindings.CORRECTED_LABEL));
    }

    // ---- findings

    /** Replaces the findings of the run date; a table that never had any is not made. */
    private long replace(LocalDate day, List<Map<String, Object>> findings) {
        TableDef table = ImageFindings.TABLE.withDimensions(dimensions());
        if (findings.isEmpty() && !tables.names().contains(table.name())) {
            return 0;
        }
        List<Row> rows = findings.stream()
                .map(finding -> RowFactory.create(
                        table.columns().stream().map(finding::get).toArray()))
                .toList();
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(ImageFindings.PIPELINE, config.pipeline());
        scope.put(ImageFindings.RUN_DATE, day);
        return tables.replace(table, tables.frame(table, rows), scope);
    }
}
