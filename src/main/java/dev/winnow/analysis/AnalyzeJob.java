package dev.winnow.analysis;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SampleSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.TrainingSet;
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
    private static final String NAME = "analyze";
    private static final String MEDIA_TYPE = "image/jpeg";

    /** Reasons that a run tells; each image has its own in the table. */
    private static final int MOST_REASONS = 5;

    private static final int LONGEST_TEXT = 300;

    private static final String NOT_ASKED = "No model was to be asked";

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

    /**
     * Creates the job over its inputs and tables.
     *
     * @param preparation how executors fetch and prepare images
     * @param reviewer who looks at the images; null: they are measured only
     * @param training what the models were trained on
     */
    public AnalyzeJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            TableStore tables,
            PrepareImages preparation,
            @Nullable ImageReviewer reviewer,
            TrainingSet training) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.tables = tables;
        this.preparation = preparation;
        this.reviewer = reviewer;
        this.training = training;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        if (!feedback.present()) {
            return new Report(0, 0, 0, 0, "", List.of("no feedback is configured, so nothing is known to be wrong"));
        }
        requireVerdicts(day);
        DayInput input = feedback.day(day).and(cameras.files()).and(training.files());
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        training.counts(); // what is wrong with it stops the run before anything is paid
        Report looked = reviewer != null && reviewer.collects() ? collect(day, reviewer) : lookAt(day, runId);
        ImbalanceMap.Written map = new ImbalanceMap(config, training, cameras, tables).write(day, runId, null);
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
        Map<String, Long> wrong = byVerdict(misclassified(day));
        Dataset<Row> bursts = misclassified(day)
                .transform(rows -> notSeenBefore(rows, day))
                .transform(cameras::withStaticDimensions)
                .transform(rows -> ImageSample.stratified(rows, classes(day), elevated(day), dimensions(), salt(day)))
                .transform(rows -> ImageSample.onePerBurst(rows, limits().burstSeconds(), limits().burstMaxSeconds()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Strata strata = new Strata(strata(bursts), limits());
            Map<String, Row> prepared = prepared(bursts, strata);
            requireAccess(prepared.values());
            List<Strata.Kept> kept = strata.kept(
                    prepared.values().stream().map(AnalyzeJob::drawn).toList());
            Map<String, ImageReview> reviews = reviews(day, kept, prepared);
            List<Map<String, Object>> findings = kept.stream()
                    .map(image -> finding(day, runId, image, at(prepared, image.id()), reviews.get(image.id())))
                    .toList();
            return new Report(
                    total(wrong),
                    replace(day, findings),
                    0,
                    0,
                    "",
                    sentences(day, wrong, strata, prepared.size(), findings));
        } finally {
            bursts.unpersist();
        }
    }

    /** Puts the answers of a batch job to the findings that wait for them; samples and fetches nothing anew. */
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
        of.review(day, cases).forEach(review -> put(Objects.requireNonNull(waiting.get(review.caseId())), review));
        List<String> sentences = new ArrayList<>();
        addStatuses(day, sentences, findings);
        return new Report(cases.size(), replace(day, findings), 0, 0, "", sentences);
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

    /** All that was found wrong on the day, shaped like {@link Misclassified}: by what customers say. */
    private Dataset<Row> misclassified(LocalDate day) {
        return tables.read(Misclassified.TABLE.withDimensions(inferences.dimensions()))
                .filter(col(Misclassified.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Misclassified.ARRIVAL_DATE).equalTo(lit(day))));
    }

    /** Classes that models named on the day, and configured ones; the misses of others are of an unknown class. */
    private Set<String> classes(LocalDate day) {
        Set<String> classes = new TreeSet<>();
        config.useCases().values().forEach(useCase -> classes.addAll(useCase.labels()));
        misclassified(day)
                .filter(col(Inferences.PREDICTED_LABEL).isNotNull())
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
                .select(Inferences.USE_CASE, Inferences.IMAGE_URI);
        return rows.join(before, new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left_anti");
    }

    private ElevatedSegments elevated(LocalDate day) {
        return ElevatedSegments.of(tables.read(SegmentFindings.TABLE), config.pipeline(), day);
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

    private Map<String, Object> finding(
            LocalDate day, String runId, Strata.Kept image, Row row, @Nullable ImageReview review) {
        Map<String, Object> finding = new HashMap<>();
        for (String column : row.schema().fieldNames()) {
            finding.put(column, row.getAs(column));
        }
        // What people wrote is kept without what could break a table or a report.
        for (String column :
                List.of(Inferences.PREDICTED_LABEL, ImageFindings.CORRECTED_LABEL, ImageFindings.STRATUM)) {
            finding.computeIfPresent(column, (name, text) -> Words.clean((String) text, LONGEST_TEXT));
        }
        finding.put(ImageFindings.RUN_DATE, day);
        finding.put(ImageFindings.RUN_ID, runId);
        finding.put(ImageFindings.DUPLICATES, image.duplicates());
        finding.put(ImageFindings.INCLUSION_PROBABILITY, image.probability());
        Long hash = row.getAs(PrepareImages.HASH_BITS);
        finding.put(ImageFindings.PERCEPTUAL_HASH, hash == null ? null : String.format(Locale.ROOT, "%016x", hash));
        if (row.getAs(ImageFindings.IMAGE_HASH) == null) {
            finding.put(ImageFindings.STATUS, ImageFindings.UNREADABLE);
        } else if (review == null) {
            finding.put(ImageFindings.STATUS, ImageFindings.MEASURED);
            finding.put(ImageFindings.STATUS_REASON, NOT_ASKED);
        } else {
            put(finding, review);
        }
        return finding;
    }

    private static void put(Map<String, Object> finding, ImageReview review) {
        finding.put(ImageFindings.STATUS, review.status());
        finding.put(ImageFindings.STATUS_REASON, review.reason());
        if (!review.status().equals(ImageFindings.MEASURED)) {
            finding.put(ImageFindings.MODEL_ID, review.modelId());
            finding.put(ImageFindings.PROMPT_VERSION, review.promptVersion());
            finding.put(ImageFindings.ATTEMPTS, review.attempts());
        }
        ImageReview.Call call = review.call();
        if (call != null) {
            finding.put(ImageFindings.ANSWER, call.answer());
            finding.put(ImageFindings.STOP_REASON, call.stopReason());
            finding.put(ImageFindings.INPUT_TOKENS, call.inputTokens());
            finding.put(ImageFindings.OUTPUT_TOKENS, call.outputTokens());
            finding.put(ImageFindings.COST, call.cost());
            finding.put(ImageFindings.LATENCY, call.latencyMillis());
            finding.put(ImageFindings.REUSED, review.reused());
        }
        ImageReview.Seen seen = review.seen();
        if (seen != null) {
            finding.put(ImageFindings.FAILURE_MODE, seen.failureMode());
            finding.put(
                    ImageFindings.OBJECTS,
                    new TreeMap<>(seen.objects())
                            .entrySet().stream()
                                    .map(object -> RowFactory.create(object.getKey(), object.getValue()))
                                    .toList());
            finding.put(ImageFindings.OTHER_OBJECTS, seen.otherObjects());
            finding.put(ImageFindings.CONDITIONS, seen.conditions());
            finding.put(ImageFindings.EVIDENCE, seen.evidence());
        }
    }

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

    // ---- sentences

    private List<String> sentences(
            LocalDate day, Map<String, Long> wrong, Strata strata, int fetched, List<Map<String, Object>> findings) {
        if (wrong.isEmpty()) {
            return List.of("nothing was found misclassified on " + day);
        }
        Map<String, Long> sampled = counts(findings, ImageFindings.VERDICT);
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d of %,d misclassified images of %s are in the sample: %s",
                findings.size(),
                total(wrong),
                day,
                wrong.keySet().stream()
                        .map(verdict -> String.format(
                                Locale.ROOT,
                                "%s %,d of %,d",
                                verdict,
                                sampled.getOrDefault(verdict, 0L),
                                wrong.get(verdict)))
                        .collect(joining(", "))));
        long before = total(wrong) - strata.images();
        sentences.add(String.format(
                Locale.ROOT,
                "%s%,d bursts in %,d strata; %,d images were fetched",
                before == 0
                        ? ""
                        : String.format(Locale.ROOT, "%,d were seen on an earlier day; the others are ", before),
                strata.bursts(),
                strata.count(),
                fetched));
        if (findings.size() < limits().size() && fetched < strata.bursts()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "the sample is %,d short of analysis.sample.size, because that many near-duplicates were fetched:"
                            + " raise analysis.sample.oversample",
                    limits().size() - findings.size()));
        }
        addStatuses(day, sentences, findings);
        return sentences;
    }

    private void addStatuses(LocalDate day, List<String> sentences, List<Map<String, Object>> findings) {
        counts(findings, ImageFindings.STATUS)
                .forEach((status, images) ->
                        sentences.add(String.format(Locale.ROOT, "%,d images are %s", images, status)));
        Map<String, Long> unreadable = counts(
                findings.stream()
                        .filter(finding -> ImageFindings.UNREADABLE.equals(finding.get(ImageFindings.STATUS)))
                        .toList(),
                ImageFindings.STATUS_REASON);
        unreadable.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_REASONS)
                .forEach(reason -> sentences.add(
                        String.format(Locale.ROOT, "%,d of the unreadable: %s", reason.getValue(), reason.getKey())));
        if (findings.stream().anyMatch(finding -> ImageFindings.SUBMITTED.equals(finding.get(ImageFindings.STATUS)))) {
            sentences.add(
                    "in some hours, `analyze --collect --run-date " + day + "` reads the answers of the batch job");
        }
        if (reviewer != null) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "the answers that this run date asked for cost %.2f dollars in all",
                    findings.stream()
                            .filter(finding -> Boolean.FALSE.equals(finding.get(ImageFindings.REUSED)))
                            .mapToDouble(AnalyzeJob::cost)
                            .sum()));
        }
    }

    private static double cost(Map<String, Object> finding) {
        return finding.get(ImageFindings.COST) instanceof Double dollars ? dollars : 0;
    }

    private static Map<String, Long> counts(List<Map<String, Object>> findings, String column) {
        Map<String, Long> counts = new TreeMap<>();
        findings.forEach(finding -> counts.merge(String.valueOf(finding.get(column)), 1L, Long::sum));
        return counts;
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
