package dev.winnow.segments;

import static dev.winnow.inputs.Feedback.VERDICT;
import static dev.winnow.inputs.Inferences.COUNTS_FROM;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InferenceSettings.Uniqueness;
import dev.winnow.config.InputSettings;
import dev.winnow.config.LabelingSettings;
import dev.winnow.config.TaskSettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Contract;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.DayRange;
import dev.winnow.inputs.Feedback;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.Intervals;
import dev.winnow.inputs.SiteGroups;
import dev.winnow.inputs.Undated;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Looks at a day's inputs as a run would read them; passes over the day's inferences once and changes nothing.
 *
 * <p>What would stop a run is a sentence here, not a failure: a check that ends tells everything it found.
 */
public final class CheckJob implements Stage {
    private static final String NAME = "check";
    private static final double MIB = 1 << 20;
    private static final String CELL = "cell";
    private static final String LABELABLE = "labelable";
    private static final String ROWS = "rows";

    /** Relative standard error of the estimated number of cells. */
    private static final double SKETCH_ERROR = 0.02;

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;
    private final CameraTable cameras;
    private final Readiness readiness;
    private final TableStore tables;
    private final LongFunction<String> reviewPlan;

    /**
     * Creates the job over its inputs.
     *
     * @param reviewPlan says what the analysis of a number of misclassified images takes
     */
    public CheckJob(
            WinnowConfig config,
            InferenceLog inferences,
            FeedbackLog feedback,
            CameraTable cameras,
            Readiness readiness,
            TableStore tables,
            LongFunction<String> reviewPlan) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
        this.cameras = cameras;
        this.readiness = readiness;
        this.tables = tables;
        this.reviewPlan = reviewPlan;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        List<String> sentences = new ArrayList<>();
        DayInput input = inferences.day(day);
        sentences.add(String.format(
                Locale.ROOT, "inferences of %s: %,d files, %,.1f MiB", day, input.files(), input.bytes() / MIB));
        if (!inferences.listsFiles(day)) {
            sentences.add(unlisted("inferences", config.inferences().input().place(), "segments --run-date"));
        }
        sentences.addAll(bins(config.inferences().input()));
        sentences.addAll(bins(config.cameras().input()));
        checkGroups(sentences);
        Dataset<Row> counted = counted(inferences.files(DayRange.of(day))).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Found found = found(counted);
            sentences.addAll(found.sentences(config.labeling()));
            if (found.ofOtherDays > 0) {
                sentences.add(InferenceLog.ofOtherDays(found.ofOtherDays, DayRange.of(day)));
            }
            contract("inferences", day, found.read(), found.rejected, inferences::undated, sentences);
            checkIds(counted, sentences);
            checkReadiness(day, found, sentences);
            checkFeedback(day, sentences);
            found.useCases.keySet().forEach(name -> sentences.add(budget(name)));
            config.useCases().keySet().stream()
                    .filter(name -> !found.useCases.containsKey(name) && !name.equals(WinnowConfig.DEFAULT_USE_CASE))
                    .forEach(name -> sentences.add("use case " + name + " is configured, but no row of " + day
                            + " is of it: look at inputs.inferences.columns.use_case"));
            return new Report(found.read(), 0, found.broken(), 1, input.fingerprint(), sentences);
        } finally {
            counted.unpersist();
        }
    }

    /** Whether jobs can be split as wanted: a round would be refused otherwise. */
    private void checkGroups(List<String> sentences) {
        try {
            config.labeling().tasks().values().stream()
                    .map(TaskSettings::splitBy)
                    .distinct()
                    .forEach(splitBy -> SiteGroups.of(splitBy, cameras));
        } catch (ConfigException e) {
            sentences.add(e.getMessage());
        }
    }

    private static List<String> bins(InputSettings input) {
        List<String> sentences = new ArrayList<>();
        input.dimensions().forEach((name, dimension) -> {
            if (dimension.isBinned()) {
                sentences.add("dimension " + name + " lies in "
                        + String.join(", ", Intervals.names(dimension.edges()))
                        + (dimension.bins().isEmpty() ? "" : ", the bins " + dimension.bins()));
            }
        });
        return sentences;
    }

    /** Counts the day's rows by all that the sentences speak of; far fewer rows come out than go in. */
    private Dataset<Row> counted(Dataset<Row> rows) {
        Column kept = col(REJECT_REASON).isNull();
        Column cell = lit(0L);
        for (String key : Cells.keys(List.of())) {
            cell = cell.bitwiseXOR(hash(key, key.equals(ExposureDaily.LABEL) ? Cells.label() : col(key)));
        }
        // A cell is the exclusive or of its parts, so that the cells without a dimension need no hash of their own.
        List<Column> parts = new ArrayList<>();
        for (String dimension : inferences.dimensions()) {
            String column = TableDef.dimensionColumn(dimension);
            cell = cell.bitwiseXOR(hash(column, col(column)));
            parts.add(max(when(kept, hash(column, col(column)))).as(column)); // all rows of a cell have the same
        }
        Column idHash = xxhash64(col(INFERENCE_ID));
        Column sampled = kept.and(pmod(idHash, lit(Cells.ID_SAMPLE)).equalTo(0));
        return rows.groupBy(
                        col(COUNTS_FROM),
                        col(REJECT_REASON),
                        when(kept, col(SITE_ID)).as(SITE_ID),
                        when(kept, col(USE_CASE)).as(USE_CASE),
                        when(kept, cell).as(CELL),
                        when(kept, labelable()).as(LABELABLE),
                        when(sampled, idHash).as(Cells.SAMPLED_ID))
                .agg(count(lit(1)).as(ROWS), parts.toArray(Column[]::new));
    }

    /** Whether a labeling job can take the reference, by what the items of its use case are. */
    private Column labelable() {
        Map<String, Subject> subjects = new TreeMap<>();
        config.labeling()
                .tasks()
                .keySet()
                .forEach(useCase -> subjects.put(useCase, config.labeling().subject(useCase)));
        Subject otherwise = config.labeling().subject(WinnowConfig.DEFAULT_USE_CASE);
        UDF2<String, String, Boolean> usable =
                (useCase, reference) -> ItemReferences.usable(subjects.getOrDefault(useCase, otherwise), reference);
        return udf(usable, DataTypes.BooleanType).apply(col(USE_CASE), ImageUris.canonical(col(IMAGE_URI)));
    }

    private static Column hash(String name, Column value) {
        return xxhash64(lit(name), value);
    }

    /** Estimates the cells of the day from a sketch, and how many there would be without each dimension. */
    private CellCount cells(Dataset<Row> counted) {
        List<String> dimensions = inferences.dimensions();
        Column[] without = dimensions.stream()
                .map(name ->
                        approx_count_distinct(col(CELL).bitwiseXOR(col(TableDef.dimensionColumn(name))), SKETCH_ERROR))
                .toArray(Column[]::new);
        Row counts = counted.filter(col(REJECT_REASON).isNull())
                .agg(approx_count_distinct(col(CELL), SKETCH_ERROR), without)
                .first();
        String widest = "";
        long least = counts.getLong(0);
        for (int i = 0; i < dimensions.size(); i++) {
            if (counts.getLong(i + 1) < least) {
                widest = dimensions.get(i);
                least = counts.getLong(i + 1);
            }
        }
        return new CellCount(counts.getLong(0), widest, least);
    }

    /**
     * About how many cells a day has.
     *
     * @param widest dimension without which there would be fewest; empty: none adds any
     * @param without cells if that dimension were left out
     */
    private record CellCount(long cells, String widest, long without) {
        String sentence(long rows) {
            return String.format(
                            Locale.ROOT,
                            "about %,d cells a day, %.1f %% of the rows",
                            cells,
                            100.0 * cells / Math.max(1, rows))
                    + (widest.isEmpty()
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "; the dimension %s adds most of all: about %,d without it",
                                    widest,
                                    without));
        }
    }

    /**
     * What a day holds.
     *
     * @param rejected rows by the rule they break
     * @param bySite rows that keep the contract by site
     * @param useCases rows that keep the contract by use case: all, and those whose image can be labeled
     * @param ofOtherDays rows that the files hold for other days
     */
    private record Found(
            Map<String, Long> rejected,
            Map<String, Long> bySite,
            Map<String, long[]> useCases,
            CellCount cells,
            long ofOtherDays) {

        long broken() {
            return total(rejected);
        }

        long read() {
            return broken() + total(bySite);
        }

        List<String> sentences(LabelingSettings labeling) {
            List<String> sentences = new ArrayList<>();
            sentences.add(String.format(
                    Locale.ROOT, "%,d rows keep the contract, %,d break it %s", total(bySite), broken(), rejected));
            sentences.add(cells.sentence(total(bySite)));
            useCases.forEach((name, rows) -> sentences.add(labelable(name, labeling.subject(name), rows[1], rows[0])));
            return sentences;
        }

        private static String labelable(String useCase, Subject subject, long rows, long all) {
            String others = switch (subject) {
                case IMAGE -> "are no s3:// references that end in .jpg, .jpeg or .png";
                case SEQUENCE -> "are no s3:// references of sequence files, which end in .json";
                case TEXT -> "are empty, or name a file that holds a text";
            };
            return String.format(
                    Locale.ROOT,
                    "use case %s: %,d rows, %.1f %% with %s %s that can be labeled%s",
                    useCase,
                    all,
                    100.0 * rows / all,
                    subject == Subject.IMAGE ? "an" : "a",
                    subject.word(),
                    rows < all ? "; the others " + others + ": map inputs.inferences.columns.image_uri" : "");
        }
    }

    private Found found(Dataset<Row> counted) {
        Map<String, Long> rejected = new TreeMap<>();
        Map<String, Long> bySite = new TreeMap<>();
        Map<String, long[]> useCases = new TreeMap<>();
        for (Row row : counted.groupBy(REJECT_REASON, SITE_ID, USE_CASE, LABELABLE)
                .agg(sum(ROWS))
                .collectAsList()) {
            long rows = row.getLong(4);
            if (!row.isNullAt(0)) {
                rejected.merge(row.getString(0), rows, Long::sum);
                continue;
            }
            bySite.merge(row.getString(1), rows, Long::sum);
            long[] useCase = useCases.computeIfAbsent(row.getString(2), name -> new long[2]);
            useCase[0] += rows;
            useCase[1] += row.getBoolean(3) ? rows : 0;
        }
        Long ofOtherDays = rejected.remove(Inferences.OTHER_DAY);
        return new Found(rejected, bySite, useCases, cells(counted), ofOtherDays == null ? 0 : ofOtherDays);
    }

    private String budget(String useCase) {
        boolean named = config.useCases().containsKey(useCase);
        return String.format(
                Locale.ROOT,
                "budget of use case %s: %,d images a round, %.0f %% of them audit%s",
                useCase,
                config.useCase(useCase).budget(),
                100 * config.useCase(useCase).auditShare(),
                named ? "" : "; it is not named in use-cases, so it spends a default budget of its own");
    }

    private void contract(
            String input,
            LocalDate day,
            long read,
            Map<String, Long> byReason,
            Supplier<Undated> undated,
            List<String> sentences) {
        Contract.breach(input, day, read, byReason, config.rejects().maxShare(), undated)
                .ifPresent(breach -> sentences.add("a run would end with exit code 3: " + breach));
    }

    private void checkIds(Dataset<Row> counted, List<String> sentences) {
        if (inferences.settings().uniqueness() == Uniqueness.CHECKED) {
            return;
        }
        long sampled = 0;
        long repeats = 0;
        for (Row day : Cells.repeatedIds(counted).collectAsList()) { // one, or none if no id is in the sample
            sampled += day.getLong(1);
            repeats += day.getLong(2);
        }
        double limit = inferences.settings().maxDuplicateShare();
        sentences.add(String.format(
                Locale.ROOT,
                "%,d of %,d sampled rows repeat an inference_id%s",
                repeats,
                sampled,
                Contract.beyond(repeats, sampled, limit)
                        ? "; a run would end with exit code 3: that is more than max-duplicate-share = " + limit
                                + ". Map inference_id to a unique value, or set inputs.inferences.uniqueness = checked"
                        : ""));
    }

    private void checkReadiness(LocalDate day, Found found, List<String> sentences) {
        try {
            readiness.requireMarker(day);
            readiness.requireRows(day, Map.of(day, found.bySite), tables, config.pipeline());
            sentences.add("the inferences of " + day + " are ready");
        } catch (ServiceException e) {
            if (!e.retryable()) {
                throw e;
            }
            sentences.add("a run would end with exit code 4: " + e.getMessage());
        }
    }

    private void checkFeedback(LocalDate day, List<String> sentences) {
        if (!feedback.present()) {
            sentences.add("no feedback is configured: rates stay empty, sampling works");
            return;
        }
        Map<String, Long> rejected = new TreeMap<>();
        long kept = 0;
        long wrong = 0;
        for (Row row : feedback.arrivedOn(DayRange.of(day))
                .groupBy(REJECT_REASON)
                .agg(count(lit(1)), count(when(col(VERDICT).notEqual(Feedback.CONFIRMED), 1)))
                .collectAsList()) {
            if (row.isNullAt(0)) {
                kept = row.getLong(1);
                wrong = row.getLong(2);
            } else {
                rejected.put(row.getString(0), row.getLong(1));
            }
        }
        sentences.add(String.format(
                Locale.ROOT,
                "feedback that arrived on %s: %,d files, %,d rows keep the contract, %,d break it %s",
                day,
                feedback.day(day).files(),
                kept,
                total(rejected),
                rejected));
        if (!feedback.listsFiles(day)) {
            sentences.add(unlisted("feedback", config.feedback().input().place(), "segments --run-date"));
        }
        contract("feedback", day, kept + total(rejected), rejected, feedback::undated, sentences);
        long images = Math.min(wrong, config.analysis().sample().size());
        sentences.add(String.format(
                Locale.ROOT,
                "%,d of them say that something was wrong: analyze looks at %,d images at most; %s",
                wrong,
                images,
                reviewPlan.apply(images)));
        long bytes = 0;
        for (int age : feedback.settings().catchUpAges()) {
            bytes += inferences.day(day.minusDays(age)).bytes();
        }
        sentences.add(String.format(
                Locale.ROOT,
                "ids of feedback without an event date are looked up in the id columns of %d days of inferences, %,.1f"
                        + " MiB in all columns",
                feedback.settings().catchUpAges().size(),
                bytes / MIB));
    }

    private static String unlisted(String input, String place, String command) {
        return "inputs." + input + ": " + place + " tells no files, so nobody notices rows that arrive late: run `"
                + command + "` again for a day whose rows changed";
    }

    private static long total(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }
}
