package dev.winnow.selection;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.to_date;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ImageStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Spends the budget of a round.
 *
 * <p>Reads the day's candidates, those of earlier days that were not chosen, and sealed rounds before the day; never its
 * own round. A sealed round is left as it is.
 */
public final class SelectJob implements Stage {
    private static final String NAME = "select";

    /** Bins of the score histogram that cuts the pool before it is sorted. */
    private static final int SCORE_BINS = 1_024;

    /** Run date of the last sealed round that holds an image. */
    private static final String LAST_HELD = "last_held";

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;
    private final ImageStore images;
    private final Rounds rounds;
    private final int number;

    /**
     * Creates the job.
     *
     * @param number of the round, from 1; a higher one corrects the sealed ones before it
     */
    public SelectJob(
            WinnowConfig config,
            InferenceLog inferences,
            CameraTable cameras,
            TableStore tables,
            ImageStore images,
            Rounds rounds,
            int number) {
        this.config = config;
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
        this.images = images;
        this.rounds = rounds;
        this.number = number;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        DayInput input = inferences.day(day).and(cameras.files());
        Round round = new Round(day, number);
        if (rounds.seal(round).isPresent()) {
            return new Report(
                    0, 0, 0, 0, input.fingerprint(), List.of("Round " + round.id() + " is sealed and stays as it is"));
        }
        int last = rounds.lastSealed(day).map(Round::number).orElse(0);
        if (number != last + 1) {
            throw new ConfigException(
                    "round " + round.id() + " can't be made: the next round of " + day + " is " + (last + 1));
        }
        requireForward(day);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        Dataset<Row> pool = pool(day);
        List<SegmentPredicate> segments = segments(day);
        List<Row> selected = new ArrayList<>();
        List<Row> cuts = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        requireCandidates(day);
        Map<String, Long> heldToday = heldToday(day);
        long candidates = 0;
        for (Map.Entry<String, List<Row>> useCase : byUseCase(pool).entrySet()) {
            List<Row> rows = useCase.getValue();
            candidates += rows.size();
            long held = heldToday.getOrDefault(useCase.getKey(), 0L);
            Spending spending = new Spending(round, runId, useCase.getKey(), rows, segments, held);
            spending.run();
            selected.addAll(spending.selected);
            cuts.addAll(spending.cuts);
            sentences.add(spending.sentence());
        }
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Selections.PIPELINE, config.pipeline());
        scope.put(Selections.RUN_DATE, day);
        scope.put(Selections.ROUND_ID, round.id());
        tables.replace(SelectionCuts.TABLE, tables.frame(SelectionCuts.TABLE, cuts), scope);
        long written = tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, selected), scope);
        return new Report(candidates, written, 0, 0, input.fingerprint(), sentences);
    }

    /** Rounds go forward only: a later round has already spent what this one would choose from. */
    private void requireForward(LocalDate day) {
        List<Round> later = rounds.sealed(day.plusDays(1), LocalDate.MAX);
        if (!later.isEmpty()) {
            throw new ConfigException("round " + later.get(0).id()
                    + " is sealed already, and rounds go forward only: run"
                    + " `segments` and `candidates` for " + day + " if you backfill, and `select` for a day after "
                    + later.get(later.size() - 1).date());
        }
    }

    // ---- the pool

    /** Without the day's own candidates a round would have no audit, though older ones could fill it. */
    private void requireCandidates(LocalDate day) {
        if (tables.read(Candidates.TABLE)
                .filter(col(Candidates.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Candidates.RUN_DATE).equalTo(lit(day))))
                .isEmpty()) {
            throw new ConfigException(
                    "there are no candidates of " + day + ": run `candidates --run-date " + day + "` first");
        }
    }

    /**
     * Candidates that no sealed round holds, at most the configured multiple of the budget per use case and signal.
     *
     * <p>The audit is drawn from all frames of the day: what rounds of earlier days hold stays in its pool and is marked;
     * only what an earlier round of the same day holds is left out.
     */
    private Dataset<Row> pool(LocalDate day) {
        TableDef table = Candidates.TABLE.withDimensions(dimensions());
        Column fresh = col(Candidates.RUN_DATE).equalTo(lit(day));
        Dataset<Row> pool = tables.read(table)
                .filter(col(Candidates.PIPELINE).equalTo(config.pipeline()))
                .filter(fresh.or(col(Candidates.SIGNAL)
                        .notEqual(Candidates.AUDIT)
                        .and(col(Candidates.RUN_DATE)
                                .between(lit(day.minusDays(config.selection().maxAgeDays())), lit(day.minusDays(1))))))
                // On S3 one object has one name; Ground Truth knows it as s3://.
                .withColumn(Inferences.IMAGE_URI, regexp_replace(col(Inferences.IMAGE_URI), "^s3[an]://", "s3://"));
        LocalDate from = day.minusDays(config.selection().cooldownDays());
        Dataset<Row> held = sealed(from, day)
                .groupBy(Inferences.USE_CASE, Inferences.IMAGE_URI)
                .agg(max(col(Selections.RUN_DATE)).as(LAST_HELD));
        Column before = col(LAST_HELD).isNotNull();
        Column today = coalesce(col(LAST_HELD).equalTo(lit(day)), lit(false));
        Dataset<Row> free = pool.join(held, new String[] {Inferences.USE_CASE, Inferences.IMAGE_URI}, "left")
                .filter(not(today).and(not(before).or(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT))));
        return best(free);
    }

    /** Selections of the sealed rounds of some days. */
    private Dataset<Row> sealed(LocalDate from, LocalDate to) {
        List<String> ids = rounds.sealed(from, to).stream().map(Round::id).toList();
        return tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).between(lit(from), lit(to)))
                        .and(col(Selections.ROUND_ID).isin(ids.toArray())));
    }

    /** Frames of the day that its own sealed rounds hold, by use case: a correction's audit is drawn from the others. */
    private Map<String, Long> heldToday(LocalDate day) {
        Map<String, Long> held = new HashMap<>();
        sealed(day, day)
                .filter(to_date(col(Inferences.CAPTURED_AT)).equalTo(lit(day)))
                .groupBy(Inferences.USE_CASE)
                .agg(countDistinct(col(Inferences.IMAGE_URI)).as("images"))
                .collectAsList()
                .forEach(row -> held.put(row.getString(0), row.getLong(1)));
        return held;
    }

    /** Keeps the best of each signal by a histogram first, so that only little more than is kept is sorted. */
    private Dataset<Row> best(Dataset<Row> pool) {
        Column bin = floor(coalesce(col(Candidates.SCORE), lit(0)).multiply(lit(SCORE_BINS)))
                .cast("int");
        List<Row> histogram = pool.withColumn("bin", bin)
                .groupBy(col(Inferences.USE_CASE), col(Candidates.SIGNAL), col("bin"))
                .agg(count(lit(1)).as("items"))
                .sort(
                        col(Inferences.USE_CASE),
                        col(Candidates.SIGNAL),
                        col("bin").desc())
                .collectAsList();
        Map<String, Long> kept = new HashMap<>();
        Map<String, Row> lowest = new TreeMap<>();
        for (Row row : histogram) {
            String key = row.getString(0) + "\n" + row.getString(1);
            long before = kept.getOrDefault(key, 0L);
            long limit = limit(row.getString(0));
            if (before < limit) {
                lowest.put(key, RowFactory.create(row.getString(0), row.getString(1), row.getInt(2), limit));
            }
            kept.put(key, before + row.getLong(3));
        }
        Dataset<Row> floors = tables.frame(FLOORS, List.copyOf(lowest.values()));
        Column place = row_number()
                .over(Window.partitionBy(Inferences.USE_CASE, Candidates.SIGNAL)
                        .orderBy(
                                coalesce(col(Candidates.SCORE), lit(0)).desc(),
                                col(Candidates.DRAW),
                                col(Candidates.ITEM_ID),
                                col(Candidates.RUN_DATE).desc()));
        return pool.join(broadcast(floors), new String[] {Inferences.USE_CASE, Candidates.SIGNAL})
                .filter(bin.geq(col("floor")))
                .withColumn("place", place)
                .filter(col("place").leq(col("pool_limit")))
                .drop("floor", "place", "pool_limit");
    }

    private static final TableDef FLOORS = TableDef.named("pool_floors", "Lowest score bin kept of one signal")
            .required(Inferences.USE_CASE, DataTypes.StringType, "Use case")
            .required(Candidates.SIGNAL, DataTypes.StringType, "Signal")
            .required("floor", DataTypes.IntegerType, "Lowest bin")
            .required("pool_limit", DataTypes.LongType, "Items kept")
            .build();

    /** At most this many items of a signal come to the driver: pool factor times budget, and a reserve. */
    private long limit(String useCase) {
        return Math.max(
                1_000L,
                (long) config.selection().poolFactor() * config.useCase(useCase).budget());
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    private static Map<String, List<Row>> byUseCase(Dataset<Row> pool) {
        Map<String, List<Row>> rows = new TreeMap<>();
        pool.collectAsList()
                .forEach(row -> rows.computeIfAbsent(row.getAs(Inferences.USE_CASE), u -> new ArrayList<>())
                        .add(row));
        return rows;
    }

    // ---- segments

    /** A ranked segment as predicates. */
    private record SegmentPredicate(String useCase, String name, Map<String, String> values) {
        boolean holds(Map<String, String> item) {
            return values.entrySet().stream().allMatch(p -> p.getValue().equals(item.get(p.getKey())));
        }
    }

    /** The ranked segments of the day with more errors than the rest, worst first. */
    private List<SegmentPredicate> segments(LocalDate day) {
        List<SegmentPredicate> segments = new ArrayList<>();
        for (Row row : tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.RANK).isNotNull())
                        .and(col(SegmentFindings.EXCESS_ERRORS).gt(0)))
                .sort(SegmentFindings.USE_CASE, SegmentFindings.RANK)
                .select(
                        SegmentFindings.USE_CASE,
                        SegmentFindings.SEGMENT,
                        SegmentFindings.DIMENSIONS,
                        SegmentFindings.VALUES)
                .collectAsList()) {
            Map<String, String> values = new TreeMap<>();
            List<String> names = row.getList(2);
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), row.<String>getList(3).get(i));
            }
            segments.add(new SegmentPredicate(row.getString(0), row.getString(1), values));
        }
        return segments;
    }

    // ---- spending

    /** Spends the budget of one use case and writes down what was chosen and why. */
    private final class Spending {
        private final Round round;
        private final String runId;
        private final String useCase;
        private final UseCaseSettings settings;
        private final List<PoolItem> pool = new ArrayList<>();
        private final List<SegmentPredicate> segments;
        private final Map<String, Set<String>> signals = new HashMap<>();
        private final List<Row> selected = new ArrayList<>();
        private final List<Row> cuts = new ArrayList<>();
        private @Nullable Double auditLimit;
        private @Nullable Long frames;
        private long auditPool;
        private double highestDraw;
        private final long heldToday;
        private double auditProbability;
        private long missing;

        Spending(
                Round round,
                String runId,
                String useCase,
                List<Row> rows,
                List<SegmentPredicate> segments,
                long heldToday) {
            this.heldToday = heldToday;
            this.round = round;
            this.runId = runId;
            this.useCase = useCase;
            this.settings = config.useCase(useCase);
            this.segments =
                    segments.stream().filter(s -> s.useCase.equals(useCase)).toList();
            for (Row row : rows) {
                PoolItem item = item(row);
                pool.add(item);
                signals.computeIfAbsent(item.imageUri(), image -> new TreeSet<>())
                        .add(item.signal());
                if (item.signal().equals(Candidates.AUDIT)) {
                    auditPool++;
                    highestDraw = Math.max(highestDraw, item.draw());
                    auditLimit = row.getAs(Candidates.DRAW_LIMIT);
                    frames = row.getAs(Candidates.FRAMES);
                }
            }
        }

        private PoolItem item(Row row) {
            Map<String, String> values = new TreeMap<>();
            dimensions().forEach(name -> values.put(name, row.getAs(TableDef.dimensionColumn(name))));
            String label = row.getAs(Inferences.PREDICTED_LABEL);
            values.put("label", label == null ? Inferences.NO_LABEL : label);
            values.put("model_version", row.getAs(Inferences.MODEL_VERSION));
            values.put("site", row.getAs(Inferences.SITE_ID));
            return new PoolItem(
                    row.getAs(Candidates.SIGNAL),
                    row.getAs(Candidates.ITEM_ID),
                    row.getAs(Inferences.INFERENCE_ID),
                    row.getAs(Inferences.IMAGE_URI),
                    row.getAs(Inferences.CAPTURED_AT),
                    row.getAs(Inferences.SITE_ID),
                    row.getAs(Inferences.CAMERA_ID),
                    row.getAs(Inferences.MODEL_VERSION),
                    label,
                    row.getAs(Inferences.CONFIDENCE),
                    row.getAs(Candidates.SCORE),
                    row.<Double>getAs(Candidates.DRAW),
                    values,
                    row.getAs(LAST_HELD) != null);
        }

        /** Spends until every chosen image exists: missing ones are replaced, so that the total stays exact. */
        void run() {
            if (pool.stream().noneMatch(item -> ImageReferences.usable(item.imageUri()))) {
                throw new InputException("No image of use case " + useCase
                        + " can be labeled: inputs.inferences.columns.image_uri must give s3://bucket/key with .jpg, .jpeg"
                        + " or .png at the end, got " + pool.get(0).imageUri());
            }
            Set<String> checked = new HashSet<>();
            Set<String> absent = new HashSet<>();
            BudgetSolver.Spent spent;
            while (true) {
                spent = BudgetSolver.spend(
                        settings,
                        pool,
                        item -> ImageReferences.usable(item.imageUri()) && !absent.contains(item.imageUri()));
                Set<String> unknown = new TreeSet<>();
                spent.chosen().values().forEach(items -> items.forEach(item -> unknown.add(item.imageUri())));
                unknown.removeAll(checked);
                if (!config.labeling().checkImages() || unknown.isEmpty()) {
                    break;
                }
                absent.addAll(images.missing(unknown));
                checked.addAll(unknown);
            }
            missing = absent.size();
            auditProbability = spent.auditProbability(population());
            spent.chosen().forEach((signal, items) -> {
                for (int i = 0; i < items.size(); i++) {
                    selected.add(selection(signal, i + 1, items.get(i)));
                }
            });
            spent.tallies().forEach((signal, tally) -> cuts.add(cut(signal, tally, spentOn(signal))));
        }

        private List<Row> spentOn(String signal) {
            return selected.stream()
                    .filter(row -> row.getString(5).equals(signal))
                    .toList();
        }

        private Row selection(String signal, int rank, PoolItem item) {
            boolean audit = signal.equals(Candidates.AUDIT);
            boolean fill = signal.equals(Selections.FILL);
            String segment = segments.stream()
                    .filter(s -> s.holds(item.dimensions()))
                    .map(SegmentPredicate::name)
                    .findFirst()
                    .orElse(null);
            Set<String> speaking = new TreeSet<>(signals.getOrDefault(item.imageUri(), Set.of()));
            speaking.remove(Candidates.AUDIT);
            speaking.add(signal);
            return RowFactory.create(
                    config.pipeline(),
                    round.date(),
                    round.id(),
                    runId,
                    useCase,
                    signal,
                    rank,
                    item.itemId(),
                    item.inferenceId(),
                    item.imageUri(),
                    item.capturedAt(),
                    item.site(),
                    item.camera(),
                    item.modelVersion(),
                    item.label(),
                    item.confidence(),
                    audit || fill ? null : item.score(),
                    segment,
                    speaking.toArray(String[]::new),
                    audit ? Selections.UNIFORM : Selections.PURPOSIVE,
                    audit ? auditProbability : null,
                    reason(signal, item));
        }

        /**
         * Frames that the audit was drawn from: counted where rows are images, estimated from the hash-limited pool where
         * they are boxes.
         */
        private double population() {
            if (frames != null) {
                return frames - heldToday;
            }
            // A pool cut at its limit of items ends at its highest draw (bottom-k estimate), a whole one at its own.
            double limit = auditLimit == null ? 1 : auditLimit;
            return auditPool < limit(useCase) ? auditPool / limit : (auditPool - 1) / highestDraw;
        }

        private String reason(String signal, PoolItem item) {
            return switch (signal) {
                case Candidates.AUDIT -> "drawn uniformly from all frames of the day, to be labeled blind";
                case Selections.FILL -> "drawn uniformly because no signal had more to offer";
                case Candidates.BOUNDARY ->
                    String.format(
                            Locale.ROOT,
                            "confidence %.3f of %s is %.3f from its alarm threshold",
                            item.confidence(),
                            item.label(),
                            Math.abs(confidence(item)
                                    - settings.thresholds(String.valueOf(item.label()))
                                            .alarmThreshold()));
                default ->
                    String.format(
                            Locale.ROOT,
                            "confidence %.3f of %s is below %s",
                            item.confidence(),
                            item.label(),
                            settings.thresholds(String.valueOf(item.label())).lowConfidenceBelow());
            };
        }

        private static double confidence(PoolItem item) {
            Double confidence = item.confidence();
            return confidence == null ? Double.NaN : confidence;
        }

        private Row cut(String signal, BudgetSolver.Tally tally, List<Row> rows) {
            Double lowest = rows.stream()
                    .map(row -> (Double) row.get(16))
                    .filter(java.util.Objects::nonNull)
                    .min(Double::compare)
                    .orElse(null);
            return RowFactory.create(
                    config.pipeline(),
                    round.date(),
                    round.id(),
                    useCase,
                    signal,
                    (long) tally.quota(),
                    (long) tally.eligible(),
                    (long) rows.size(),
                    (long) tally.heldByCamera(),
                    (long) tally.heldBySite(),
                    (long) tally.unusable(),
                    lowest);
        }

        String sentence() {
            Map<String, Integer> counts = new TreeMap<>();
            selected.forEach(row -> counts.merge(row.getString(5), 1, Integer::sum));
            String held = "";
            if (selected.size() < settings.budget()) {
                held = "; caps, missing images or too few candidates held the rest back (show selection_cuts)";
            }
            return String.format(
                    Locale.ROOT,
                    "%s: %,d of a budget of %,d selected %s%s%s",
                    useCase,
                    selected.size(),
                    settings.budget(),
                    counts,
                    missing > 0 ? ", " + missing + " missing images replaced" : "",
                    held);
        }
    }
}
