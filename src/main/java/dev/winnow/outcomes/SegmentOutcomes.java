package dev.winnow.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.outcomes.SegmentEffect.Controls;
import dev.winnow.outcomes.SegmentEffect.Sums;
import dev.winnow.outcomes.Target.Place;
import dev.winnow.outcomes.TargetedSegments.Comparison;
import dev.winnow.outcomes.TargetedSegments.Version;
import dev.winnow.ports.TableStore;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.selection.Selections;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.DifferenceInDifferences;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

    private final WinnowConfig config;
    private final CameraTable cameras;
    private final TableStore tables;
    private final LocalDate day;
    private final List<Trained> training;

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
        TargetedSegments targeted = new TargetedSegments(config, tables, day, training);
        Map<String, Boolean> byAlarms = targeted.byAlarms();
        List<Told> told = new ArrayList<>();
        targeted.comparisons(items, byAlarms).values().forEach(comparisons -> {
            List<Place> all = comparisons.stream()
                    .flatMap(comparison -> comparison.targets().stream())
                    .map(Target::at)
                    .distinct()
                    .toList();
            List<Told> ofUseCase = new ArrayList<>();
            comparisons.forEach(comparison -> ofUseCase.addAll(compare(comparison, all)));
            told.addAll(judged(ofUseCase));
        });
        List<Row> rows = told.stream().map(one -> row(one, byAlarms, runId)).toList();
        return new Rows(rows, sentences(told));
    }

    // ---- what was seen

    private List<Told> compare(Comparison comparison, List<Place> targeted) {
        CellSums.Days days = comparison.days();
        if (days == null) {
            Prior none = Prior.of(List.of(), ClusterSums.EMPTY, 0);
            return comparison.targets().stream()
                    .map(target ->
                            new Told(comparison, target, SegmentEffect.of(Sums.NONE, none, null, 0, level()), null))
                    .toList();
        }
        List<List<String>> subsets = new ArrayList<>(List.of(Place.WHOLE.dimensions()));
        comparison.targets().stream()
                .map(target -> target.at().dimensions())
                .filter(dimensions -> !subsets.contains(dimensions))
                .distinct()
                .forEach(subsets::add);
        Column mine = col(Inferences.USE_CASE)
                .equalTo(comparison.version().useCase())
                .and(col(ExposureDaily.EVENT_DATE).between(lit(days.from()), lit(days.to())));
        String version = comparison.version().name();
        if (version != null) {
            mine = mine.and(col(ExposureDaily.EVENT_DATE)
                    .lt(lit(days.split()))
                    .or(col(Inferences.MODEL_VERSION).equalTo(version)));
        }
        Dataset<Row> verdicts = TargetedSegments.cells(config, tables, VerdictDaily.TABLE)
                .filter(mine.and(col(VerdictDaily.ARRIVAL_DATE).leq(lit(day))));
        Dataset<Row> byCamera = CellSums.byCamera(
                        cameras.withStaticDimensions(TargetedSegments.cells(config, tables, ExposureDaily.TABLE)
                                .filter(mine)),
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
        for (int i = 0; i < comparison.targets().size(); i++) {
            Place at = comparison.targets().get(i).at();
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
        for (int i = 0; i < comparison.targets().size(); i++) {
            Target target = comparison.targets().get(i);
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
                        .filter(one -> one.comparison.version().trained() != null)
                        .map(Told::effect)
                        .toList(),
                config.segments().elevated().falseShare());
        List<Told> judged = new ArrayList<>();
        int next = 0;
        for (Told one : told) {
            SegmentEffect effect =
                    one.comparison.version().trained() == null ? one.effect.unattributed() : effects.get(next++);
            judged.add(new Told(one.comparison, one.target, effect, one.needed));
        }
        judged.sort(Comparator.comparing((Told one) -> one.target.segment())
                .thenComparing(one -> String.valueOf(one.comparison.version().name())));
        return judged;
    }

    private Row row(Told told, Map<String, Boolean> byAlarms, String runId) {
        Version version = told.comparison.version();
        CellSums.Days days = told.comparison.days();
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
                version.useCase(),
                RoundOutcomes.SEGMENT,
                told.target.segment(),
                version.name(),
                effect.verdict().name(),
                byAlarms.getOrDefault(version.useCase(), false) ? "MARKS" : "FDR",
                told.target.rounds().toArray(String[]::new),
                told.target.items(),
                version.trained() == null ? null : version.trained().trainedAt(),
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
        told.forEach(one -> verdicts.computeIfAbsent(one.comparison.version().useCase(), u -> new TreeMap<>())
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
