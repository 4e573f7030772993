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
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.ModelTraining.Trained;
import dev.winnow.outcomes.Target.Place;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The segments that rounds targeted, with the version that each trained and the days over which it is compared. */
final class TargetedSegments {
    private static final String MODEL_VERSION_DIMENSION = "model_version";

    private final WinnowConfig config;
    private final TableStore tables;
    private final LocalDate day;
    private final List<Trained> training;

    /** Rounds that trained one version of one use case; without version those of which nothing says what they trained. */
    record Version(String useCase, @Nullable Trained trained) {
        @Nullable
        String name() {
            return trained == null ? null : trained.modelVersion();
        }
    }

    /** Segments of one use case that are compared over the same days. */
    record Comparison(Version version, CellSums.@Nullable Days days, List<Target> targets) {}

    TargetedSegments(WinnowConfig config, TableStore tables, LocalDate day, List<Trained> training) {
        this.config = config;
        this.tables = tables;
        this.day = day;
        this.training = training;
    }

    /**
     * Returns what is to be compared, by use case.
     *
     * @param items of sealed rounds, shaped like {@link Selections}
     * @param byAlarms as {@link #byAlarms} returns it
     */
    SortedMap<String, List<Comparison>> comparisons(Dataset<Row> items, Map<String, Boolean> byAlarms) {
        Map<String, Map<String, Map<String, Long>>> targeted = targeted(items);
        Map<List<String>, Place> places = places(items);
        Map<List<String>, LocalDate> seen = targeted.isEmpty() ? Map.of() : versionsSeen();
        SortedMap<String, List<Comparison>> comparisons = new TreeMap<>();
        targeted.forEach((useCase, segments) -> {
            Map<String, Place> here = new TreeMap<>();
            segments.keySet().forEach(segment -> {
                Place place = places.get(List.of(useCase, segment));
                // A segment of one model version has no before and after.
                if (place != null && !place.dimensions().contains(MODEL_VERSION_DIMENSION)) {
                    here.put(segment, place);
                }
            });
            comparisons.put(useCase, comparisons(useCase, segments, here, seen, byAlarms));
        });
        return comparisons;
    }

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
        own(config, tables, SegmentFindings.TABLE)
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
    Map<String, Boolean> byAlarms() {
        Map<String, Boolean> byAlarms = new TreeMap<>();
        own(config, tables, SegmentFindings.TABLE)
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
        cells(config, tables, ExposureDaily.TABLE)
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

    private static Dataset<Row> own(WinnowConfig config, TableStore tables, TableDef table) {
        return tables.read(table).filter(col(Selections.PIPELINE).equalTo(config.pipeline()));
    }

    /** Cells of the pipeline as the configuration makes them. */
    static Dataset<Row> cells(WinnowConfig config, TableStore tables, TableDef table) {
        TableDef wide =
                table.withDimensions(config.inferences().input().dimensions().keySet());
        return own(config, tables, wide).filter(col(ExposureDaily.CELL_VERSION).equalTo(CellVersion.of(config)));
    }
}
