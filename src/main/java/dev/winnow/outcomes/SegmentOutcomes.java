package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.outcomes.SegmentEffect.Controls;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.Target.Place;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.selection.Selections;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * How the segments that rounds targeted changed since a model was trained on the rounds.
 *
 * <p>Before are the event dates of one window that end where the version begins; after are its own alarms since. Verdicts
 * count at equal age on both sides. Rounds of which nothing says what they trained are compared from their first one on,
 * and the change is put down to nothing: with a round a day, nothing has come since the last one yet.
 */
final class SegmentOutcomes {
    /** Segments alike are those whose shrunk rate before is within this many times, by judgement. */
    private static final double ALIKE = 1.5;

    /** Segments that controls are made of at most, the most alike first. */
    private static final int MOST_CONTROLS = 50;

    private static final String MODEL_VERSION_DIMENSION = "model_version";

    private final WinnowConfig config;
    private final CameraTable cameras;
    private final TableStore tables;
    private final LocalDate day;
    private final List<Trained> training;

    /** Rounds that trained one version of one use case; without version those of which nothing says what they trained. */
    private record Version(String useCase, @Nullable Trained trained) {
        @Nullable
        String name() {
            return trained == null ? null : trained.modelVersion();
        }
    }

    /** Segments of one use case that are compared over the same days. */
    private record Comparison(Version version, CellSums.@Nullable Days days, List<Target> targets) {}

    /** What was compared, ready to be judged. */
    private record Told(
            Comparison comparison,
            Target target,
            SegmentEffect effect,
            @Nullable Long needed) {}

    SegmentOutcomes(
            WinnowConfig config, CameraTable cameras, TableStore tables, LocalDate day, List<Trained> training) {
        this.config = config;
        this.cameras = cameras;
        this.tables = tables;
        this.day = day;
        this.training = training;
    }

    /** Rows shaped like {@link RoundOutcomes} and what to say of them. */
    record Rows(List<Row> rows, List<String> sentences) {}

    /**
     * Compares.
     *
     * @param items of sealed rounds, shaped like {@link Selections}
     */
    Rows find(Dataset<Row> items, String runId) {
        Map<String, Map<String, Map<String, Long>>> targeted = targeted(items);
        Map<List<String>, Place> places = places(items);
        Map<String, Boolean> byAlarms = byAlarms();
        Map<List<String>, LocalDate> seen = targeted.isEmpty() ? Map.of() : versionsSeen();
        List<Told> told = new ArrayList<>();
        targeted.forEach((useCase, segments) -> {
            Map<String, Place> here = new TreeMap<>();
            segments.keySet().forEach(segment -> {
                Place place = places.get(List.of(useCase, segment));
                // A segment of one model version has no before and after.
                if (place != null && !place.dimensions().contains(MODEL_VERSION_DIMENSION)) {
                    here.put(segment, place);
                }
            });
            List<Told> ofUseCase = new ArrayList<>();
            List<Comparison> comparisons = comparisons(useCase, segments, here, seen, byAlarms);
            List<Place> all = comparisons.stream()
                    .flatMap(comparison -> comparison.targets.stream())
                    .map(Target::at)
                    .distinct()
                    .toList();
            comparisons.forEach(comparison -> ofUseCase.addAll(compare(comparison, all)));
            told.addAll(judged(ofUseCase));
        });
        List<Row> rows = told.stream().map(one -> row(one, byAlarms, runId)).toList();
        return new Rows(rows, sentences(told));
    }

    // ---- what was targeted

    /** Use case, segment and round to the images that the round asked for there; what was drawn was meant for no segment. */
    private static Map<String, Map<String, Map<String, Long>>> targeted(Dataset<Row> items) {
        Map<String, Map<String, Map<String, Long>>> targeted = new TreeMap<>();
        items.filter(col(Selections.SEGMENT)
                        .isNotNull()
                        .and(not(col(Selections.SIGNAL).isin(Candidates.DRAWN.toArray()))))
                .groupBy(Inferences.USE_CASE, Selections.SEGMENT, Selections.ROUND_ID)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> targeted.computeIfAbsent(row.getString(0), u -> new TreeMap<>())
                        .computeIfAbsent(row.getString(1), s -> new TreeMap<>())
                        .put(row.getString(2), row.getLong(3)));
        return targeted;
    }

    /** The predicates of segments, as the findings of their rounds' days name them. */
    private Map<List<String>, Place> places(Dataset<Row> items) {
        Dataset<Row> names = items.filter(col(Selections.SEGMENT).isNotNull())
                .select(Inferences.USE_CASE, Selections.RUN_DATE, Selections.SEGMENT)
                .distinct();
        Map<List<String>, Place> places = new HashMap<>();
        own(SegmentFindings.TABLE)
                .filter(lately(SegmentFindings.RUN_DATE))
                .join(
                        broadcast(names),
                        new String[] {Inferences.USE_CASE, Selections.RUN_DATE, Selections.SEGMENT},
                        "left_semi")
                .select(
                        SegmentFindings.USE_CASE,
                        SegmentFindings.SEGMENT,
                        SegmentFindings.DIMENSIONS,
                        SegmentFindings.VALUES)
                .distinct()
                .collectAsList()
                .forEach(row -> places.put(
                        List.of(row.getString(0), row.getString(1)), new Place(row.getList(2), row.getList(3))));
        return places;
    }

    /** Whether trials of a use case are all alarms, as its newest findings before the day say. */
    private Map<String, Boolean> byAlarms() {
        Map<String, Boolean> byAlarms = new TreeMap<>();
        own(SegmentFindings.TABLE)
                .filter(lately(SegmentFindings.RUN_DATE)
                        .and(size(col(SegmentFindings.DIMENSIONS)).equalTo(0)))
                .groupBy(SegmentFindings.USE_CASE)
                .agg(max(struct(SegmentFindings.RUN_DATE, SegmentFindings.MEASURE))
                        .as("newest"))
                .select(col(SegmentFindings.USE_CASE), col("newest." + SegmentFindings.MEASURE))
                .collectAsList()
                .forEach(row -> byAlarms.put(row.getString(0), "MARKS".equals(row.getString(1))));
        return byAlarms;
    }

    /** First event date of every use case and model version that put out something lately. */
    private Map<List<String>, LocalDate> versionsSeen() {
        Map<List<String>, LocalDate> seen = new HashMap<>();
        cells(ExposureDaily.TABLE)
                .filter(col(ExposureDaily.EVENT_DATE)
                        .between(
                                lit(day.minusDays(config.outcomes().roundDays()
                                        + (long) config.segments().windowDays())),
                                lit(day)))
                .groupBy(Inferences.USE_CASE, Inferences.MODEL_VERSION)
                .agg(min(ExposureDaily.EVENT_DATE))
                .collectAsList()
                .forEach(row -> seen.put(List.of(row.getString(0), row.getString(1)), row.getLocalDate(2)));
        return seen;
    }

    private List<Comparison> comparisons(
            String useCase,
            Map<String, Map<String, Long>> segments,
            Map<String, Place> places,
            Map<List<String>, LocalDate> seen,
            Map<String, Boolean> byAlarms) {
        Map<String, Version> versions = new TreeMap<>();
        Map<String, Map<String, Map<String, Long>>> byVersion = new TreeMap<>();
        places.keySet()
                .forEach(segment -> Objects.requireNonNull(segments.get(segment))
                        .forEach((round, items) -> {
                            Version version = version(useCase, round, seen);
                            String key = String.valueOf(version.name());
                            versions.put(key, version);
                            byVersion
                                    .computeIfAbsent(key, v -> new TreeMap<>())
                                    .computeIfAbsent(segment, s -> new TreeMap<>())
                                    .put(round, items);
                        }));
        List<Comparison> comparisons = new ArrayList<>();
        byVersion.forEach((key, bySegment) -> {
            List<Target> targets = new ArrayList<>();
            TreeSet<String> rounds = new TreeSet<>();
            bySegment.forEach((segment, byRound) -> {
                long items =
                        byRound.values().stream().mapToLong(Long::longValue).sum();
                if (items >= config.outcomes().minItems()) {
                    targets.add(new Target(
                            segment,
                            Objects.requireNonNull(places.get(segment)),
                            List.copyOf(byRound.keySet()),
                            items));
                    rounds.addAll(byRound.keySet());
                }
            });
            if (!targets.isEmpty()) {
                Version version = Objects.requireNonNull(versions.get(key));
                comparisons.add(new Comparison(
                        version, days(version, rounds.first(), seen, byAlarms.getOrDefault(useCase, false)), targets));
            }
        });
        return comparisons;
    }

    /** The first version trained on a round that put out something, else the first of all. */
    private Version version(String useCase, String round, Map<List<String>, LocalDate> seen) {
        List<Trained> of =
                training.stream().filter(one -> one.round().equals(round)).toList();
        Trained first = of.stream()
                .filter(one -> seen.containsKey(List.of(useCase, one.modelVersion())))
                .findFirst()
                .orElse(of.isEmpty() ? null : of.get(0));
        if (first == null) {
            return new Version(useCase, null);
        }
        // Rounds of one version need not have been entered at the same time; the first entry stands for it.
        return new Version(
                useCase,
                training.stream()
                        .filter(one -> one.modelVersion().equals(first.modelVersion()))
                        .findFirst()
                        .orElse(first));
    }

    /** Null while the version has put out nothing that is old enough. */
    private CellSums.@Nullable Days days(
            Version version, String firstRound, Map<List<String>, LocalDate> seen, boolean byAlarms) {
        LocalDate split = LocalDate.parse(firstRound.substring(0, 10)).plusDays(1);
        Trained trained = version.trained;
        if (trained != null) {
            LocalDate first = seen.get(List.of(version.useCase, trained.modelVersion()));
            if (first == null) {
                return null;
            }
            LocalDate made = LocalDate.ofInstant(trained.trainedAt(), ZoneOffset.UTC);
            split = first.isBefore(made) ? made : first;
        }
        int window = config.segments().windowDays();
        int age = config.segments().change().ageDays();
        LocalDate newest = day.minusDays(age);
        LocalDate to = split.plusDays(window - 1L);
        to = to.isAfter(newest) ? newest : to;
        return to.isBefore(split) ? null : new CellSums.Days(split.minusDays(window), split, to, age, byAlarms);
    }

    /** The run dates whose rounds are looked at: all before the day. */
    private Column lately(String runDate) {
        return col(runDate).between(lit(day.minusDays(config.outcomes().roundDays())), lit(day.minusDays(1)));
    }

    // ---- what was seen

    private Dataset<Row> own(TableDef table) {
        return tables.read(table).filter(col(Selections.PIPELINE).equalTo(config.pipeline()));
    }

    private Dataset<Row> cells(TableDef table) {
        TableDef wide =
                table.withDimensions(config.inferences().input().dimensions().keySet());
        return own(wide).filter(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config)));
    }

    private List<Told> compare(Comparison comparison, List<Place> targeted) {
        CellSums.Days days = comparison.days;
        if (days == null) {
            Prior none = Prior.of(List.of(), ClusterSums.EMPTY, 0);
            return comparison.targets.stream()
                    .map(target ->
                            new Told(comparison, target, SegmentEffect.of(Sums.NONE, none, null, 0, level()), null))
                    .toList();
        }
        List<List<String>> subsets = new ArrayList<>(List.of(Place.WHOLE.dimensions()));
        comparison.targets.stream()
                .map(target -> target.at().dimensions())
                .filter(dimensions -> !subsets.contains(dimensions))
                .distinct()
                .forEach(subsets::add);
        Column mine = col(Inferences.USE_CASE)
                .equalTo(comparison.version.useCase)
                .and(col(ExposureDaily.EVENT_DATE).between(lit(days.from()), lit(days.to())));
        String version = comparison.version.name();
        if (version != null) {
            mine = mine.and(col(ExposureDaily.EVENT_DATE)
                    .lt(lit(days.split()))
                    .or(col(Inferences.MODEL_VERSION).equalTo(version)));
        }
        Dataset<Row> verdicts = cells(VerdictDaily.TABLE)
                .filter(mine.and(col(VerdictDaily.ARRIVAL_DATE).leq(lit(day))));
        Dataset<Row> byCamera = CellSums.byCamera(
                        cameras.withStaticDimensions(cells(ExposureDaily.TABLE).filter(mine)),
                        cameras.withStaticDimensions(verdicts),
                        subsets,
                        days)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            return compare(comparison, targeted, subsets, byCamera);
        } finally {
            byCamera.unpersist();
        }
    }

    private List<Told> compare(
            Comparison comparison, List<Place> targeted, List<List<String>> subsets, Dataset<Row> byCamera) {
        Map<Integer, Map<List<String>, Sums>> segments = segments(byCamera);
        Sums whole = segments.getOrDefault(0, Map.of()).getOrDefault(Place.WHOLE.values(), Sums.NONE);
        Double similarity = whole.before().intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        Prior prior = prior(segments, whole.before(), icc);
        List<Row> groups = new ArrayList<>();
        List<List<Place>> alike = new ArrayList<>();
        for (int i = 0; i < comparison.targets.size(); i++) {
            Place at = comparison.targets.get(i).at();
            int subset = subsets.indexOf(at.dimensions());
            List<Place> controls = alike(at, segments.getOrDefault(subset, Map.of()), targeted, prior, icc);
            alike.add(controls);
            for (Place control : controls) {
                groups.add(CellSums.group(subset, control, i));
            }
        }
        Map<Integer, Sums> together =
                groups.isEmpty() ? Map.of() : CellSums.groups(byCamera, tables.frame(CellSums.GROUPS, groups));
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < comparison.targets.size(); i++) {
            Target target = comparison.targets.get(i);
            Map<List<String>, Sums> sameSubset =
                    segments.getOrDefault(subsets.indexOf(target.at().dimensions()), Map.of());
            Sums sums = together.get(i);
            Controls controls = sums == null
                    ? null
                    : new Controls(alike.get(i).size(), baseline(alike.get(i), sameSubset, prior, icc), sums);
            SegmentEffect effect = SegmentEffect.of(
                    sameSubset.getOrDefault(target.at().values(), Sums.NONE), prior, controls, icc, level());
            told.add(new Told(
                    comparison,
                    target,
                    effect,
                    Target.neededTrials(effect, config.outcomes().relevantChange(), icc, level())));
        }
        return told;
    }

    private Map<Integer, Map<List<String>, Sums>> segments(Dataset<Row> byCamera) {
        try {
            return CellSums.segments(byCamera);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("outcomes: targeted segments have " + e.getMessage()
                    + "; bin dimensions with so many values, see inputs.inferences.dimensions");
        }
    }

    private double level() {
        return config.segments().confidenceLevel();
    }

    /** Fitted to the segments of all targeted dimensions before, without the whole. */
    private static Prior prior(Map<Integer, Map<List<String>, Sums>> segments, ClusterSums whole, double icc) {
        List<ClusterSums> before = segments.entrySet().stream()
                .filter(subset -> subset.getKey() > 0)
                .flatMap(subset -> subset.getValue().values().stream())
                .map(Sums::before)
                .toList();
        return Prior.of(before, whole, icc);
    }

    /**
     * Segments by the same dimensions that looked as bad before and were not targeted, nor lie in one that was. By their
     * dimensions they have no alarm in common with the segment, nor with each other.
     */
    private static List<Place> alike(
            Place target, Map<List<String>, Sums> segments, List<Place> targeted, Prior prior, double icc) {
        Sums own = segments.getOrDefault(target.values(), Sums.NONE);
        Double rate = SegmentEffect.baseline(own.before(), prior, icc);
        if (rate == null) {
            return List.of();
        }
        Map<Place, Double> distances = new HashMap<>();
        segments.forEach((values, sums) -> {
            Place place = new Place(target.dimensions(), values);
            Double other = SegmentEffect.baseline(sums.before(), prior, icc);
            boolean free = targeted.stream().noneMatch(place::within);
            if (free && other != null && sums.after().n() > 0) {
                double distance = Math.abs(Math.log(other / rate));
                if (distance <= Math.log(ALIKE)) {
                    distances.put(place, distance);
                }
            }
        });
        return distances.entrySet().stream()
                .sorted(Map.Entry.<Place, Double>comparingByValue()
                        .thenComparing(one -> one.getKey().values(), Target.BY_VALUES))
                .limit(MOST_CONTROLS)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static double baseline(List<Place> controls, Map<List<String>, Sums> segments, Prior prior, double icc) {
        double sum = 0;
        double trials = 0;
        for (Place control : controls) {
            ClusterSums before =
                    segments.getOrDefault(control.values(), Sums.NONE).before();
            Double shrunk = SegmentEffect.baseline(before, prior, icc);
            sum += before.n() * (shrunk == null ? 0 : shrunk);
            trials += before.n();
        }
        return sum / trials;
    }

    // ---- what is said

    /** What can be put down to a version is judged together; the rest is put down to none. */
    private List<Told> judged(List<Told> told) {
        List<SegmentEffect> effects = SegmentEffect.judged(
                told.stream()
                        .filter(one -> one.comparison.version.trained != null)
                        .map(Told::effect)
                        .toList(),
                config.segments().elevated().falseShare());
        List<Told> judged = new ArrayList<>();
        int next = 0;
        for (Told one : told) {
            SegmentEffect effect =
                    one.comparison.version.trained == null ? one.effect.unattributed() : effects.get(next++);
            judged.add(new Told(one.comparison, one.target, effect, one.needed));
        }
        judged.sort(Comparator.comparing((Told one) -> one.target.segment())
                .thenComparing(one -> String.valueOf(one.comparison.version.name())));
        return judged;
    }

    private Row row(Told told, Map<String, Boolean> byAlarms, String runId) {
        Version version = told.comparison.version;
        CellSums.Days days = told.comparison.days;
        SegmentEffect effect = told.effect;
        Sums sums = effect.sums();
        Controls controls = effect.controls();
        DifferenceInDifferences change = effect.change();
        DifferenceInDifferences differential = effect.differential();
        DifferenceInDifferences decisive = effect.decisive();
        return RowFactory.create(
                config.pipeline(),
                day,
                runId,
                version.useCase,
                RoundOutcomes.SEGMENT,
                told.target.segment(),
                version.name(),
                effect.verdict().name(),
                byAlarms.getOrDefault(version.useCase, false) ? "MARKS" : "FDR",
                told.target.rounds().toArray(String[]::new),
                told.target.items(),
                version.trained == null ? null : version.trained.trainedAt(),
                null,
                days == null ? null : days.from(),
                days == null ? null : days.split(),
                days == null ? null : days.to(),
                sums.before().n(),
                sums.before().x(),
                sums.before().clusters(),
                sums.before().rate(),
                effect.baseline(),
                sums.after().n(),
                sums.after().x(),
                sums.after().clusters(),
                sums.after().rate(),
                change == null ? null : change.value(),
                change == null ? null : change.interval().low(),
                change == null ? null : change.interval().high(),
                controls == null ? 0L : (long) controls.segments(),
                change == null || differential == null ? null : change.value() - differential.value(),
                differential == null ? null : differential.value(),
                differential == null ? null : differential.interval().low(),
                differential == null ? null : differential.interval().high(),
                decisive == null ? null : decisive.pValue(),
                effect.qValue(),
                told.needed,
                told.target.sentence(effect, version.name(), told.needed));
    }

    private static List<String> sentences(List<Told> told) {
        Map<String, Map<SegmentEffect.Verdict, Integer>> verdicts = new TreeMap<>();
        told.forEach(one -> verdicts.computeIfAbsent(one.comparison.version.useCase, u -> new TreeMap<>())
                .merge(one.effect.verdict(), 1, Integer::sum));
        List<String> sentences = new ArrayList<>();
        verdicts.forEach((useCase, counts) -> sentences.add(useCase + ": targeted segments "
                + counts.toString()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[{}]", "")
                        .replace("=", " ")));
        return sentences;
    }
}
