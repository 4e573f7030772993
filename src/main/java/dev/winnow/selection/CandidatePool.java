package dev.winnow.selection;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_date;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.selection.Bursts.Shot;
import dev.winnow.selection.Bursts.Source;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
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
 * The candidates that a round of one day can choose from: the day's own and those of the days before that no sealed
 * round holds. What a round holds but nobody will answer is free again, and as young as the day it returned.
 *
 * <p>Of each use case and signal at most {@link Candidates#poolSize} come to the driver, in all at most
 * {@link Candidates#MAX_POOL}.
 */
final class CandidatePool {
    /** Bins of the score histogram that cuts the pool before it is sorted. */
    private static final int SCORE_BINS = 1_024;

    private static final String[] SIGNAL_KEY = {Inferences.USE_CASE, Candidates.SIGNAL};
    private static final String[] IMAGE_KEY = {Inferences.USE_CASE, Inferences.IMAGE_URI};
    private static final String[] HELD_KEY = {Selections.ROUND_ID, Inferences.USE_CASE, Inferences.IMAGE_URI};

    /** Run date of the last sealed round that holds an image. */
    private static final String LAST_HELD = "last_held";

    private static final String BESIDES = "asked_besides";

    private static final String BIN = "bin";
    private static final String ITEMS = "items";
    private static final String LOWEST_BIN = "lowest_bin";
    private static final String LIMIT = "pool_limit";
    private static final String PLACE = "place";

    private static final TableDef CUTS = TableDef.named("pool_cuts", "Where the pool of one signal is cut")
            .required(Inferences.USE_CASE, DataTypes.StringType, "Use case")
            .required(Candidates.SIGNAL, DataTypes.StringType, "Signal")
            .required(LOWEST_BIN, DataTypes.IntegerType, "Lowest score bin with items that are kept")
            .required(LIMIT, DataTypes.LongType, "Items kept")
            .build();

    private static final TableDef IMAGES = TableDef.named("pool_images", "An image that is asked about")
            .required(Inferences.USE_CASE, DataTypes.StringType, "Use case")
            .required(Inferences.IMAGE_URI, DataTypes.StringType, "Image")
            .build();

    private final WinnowConfig config;
    private final TableStore tables;
    private final List<String> dimensions;
    private final WorstSegments segments;
    private final LocalDate day;
    private final List<Round> sealed;
    private final Dataset<Row> returned;
    private final Dataset<Row> askedBesides;

    /**
     * Opens the pool of a day.
     *
     * @param dimensions of the candidates
     * @param segments ranked segments of the day
     * @param sealed sealed rounds, at least those that cool down on the day
     * @param returned see {@link EarlierRounds#returned}
     * @param askedBesides see {@link EarlierRounds#askedBesides}
     */
    CandidatePool(
            WinnowConfig config,
            TableStore tables,
            List<String> dimensions,
            WorstSegments segments,
            LocalDate day,
            List<Round> sealed,
            Dataset<Row> returned,
            Dataset<Row> askedBesides) {
        this.config = config;
        this.tables = tables;
        this.dimensions = List.copyOf(dimensions);
        this.segments = segments;
        this.day = day;
        this.sealed = List.copyOf(sealed);
        this.returned = returned;
        this.askedBesides = askedBesides;
    }

    /** Without the day's own candidates a round would have no audit, though older ones could fill it. */
    void requireCandidates() {
        if (candidates().filter(ofTheDay()).isEmpty()) {
            throw new ConfigException(
                    "there are no candidates of " + day + ": run `candidates --run-date " + day + "` first");
        }
    }

    /** Returns the best free candidates by use case, in its order. */
    List<UseCasePool> byUseCase() {
        Map<String, List<PoolItem>> items = new TreeMap<>();
        Map<String, String> texts = new HashMap<>();
        // A partition at a time: rows take several times the room of the items that are made of them.
        Iterator<Row> rows = withSegment(best(free())).toLocalIterator();
        while (rows.hasNext()) {
            Row row = rows.next();
            items.computeIfAbsent(row.getAs(Inferences.USE_CASE), useCase -> new ArrayList<>())
                    .add(PoolItem.of(
                            row,
                            row.getAs(LAST_HELD) != null,
                            text -> text == null ? null : texts.computeIfAbsent(text, same -> same)));
        }
        Map<String, Long> heldToday = heldToday();
        Map<String, List<Shot>> shots = shots();
        return items.entrySet().stream()
                .map(useCase -> new UseCasePool(
                        useCase.getKey(),
                        useCase.getValue(),
                        shots.getOrDefault(useCase.getKey(), List.of()),
                        Candidates.poolSize(config, useCase.getKey()),
                        heldToday.getOrDefault(useCase.getKey(), 0L)))
                .toList();
    }

    /**
     * Returns all signals that have an image among their candidates, by use case and image: those too that were cut from
     * the pool.
     *
     * @param images use case to images, few
     */
    Map<String, Map<String, Set<String>>> signals(Map<String, Set<String>> images) {
        List<Row> asked = new ArrayList<>();
        images.forEach((useCase, uris) -> uris.forEach(uri -> asked.add(RowFactory.create(useCase, uri))));
        Map<String, Map<String, Set<String>>> signals = new HashMap<>();
        candidates()
                .join(broadcast(tables.frame(IMAGES, asked)), IMAGE_KEY, "left_semi")
                .select(Inferences.USE_CASE, Inferences.IMAGE_URI, Candidates.SIGNAL)
                .distinct()
                .collectAsList()
                .forEach(row -> signals.computeIfAbsent(row.getAs(Inferences.USE_CASE), useCase -> new HashMap<>())
                        .computeIfAbsent(row.getAs(Inferences.IMAGE_URI), image -> new TreeSet<>())
                        .add(row.getAs(Candidates.SIGNAL)));
        return signals;
    }

    private Column ofTheDay() {
        return col(Candidates.RUN_DATE).equalTo(lit(day));
    }

    /**
     * All candidates of the day, and those of the days before that are not too old, but not their draws, nor what findings
     * and maps of those days alone speak for.
     */
    private Dataset<Row> candidates() {
        LocalDate oldest = day.minusDays(config.selection().maxAgeDays());
        Column stays = not(col(Candidates.SIGNAL).isin(Candidates.OF_THE_DAY.toArray()));
        Column left = col(Candidates.RUN_DATE).between(lit(oldest), lit(day.minusDays(1)));
        Dataset<Row> all = tables.read(Candidates.TABLE.withDimensions(dimensions))
                .filter(col(Candidates.PIPELINE).equalTo(config.pipeline()))
                .withColumn(Inferences.IMAGE_URI, ImageUris.canonical(col(Inferences.IMAGE_URI)));
        Dataset<Row> young = all.filter(ofTheDay().or(left.and(stays)));
        Dataset<Row> back = returned.filter(col(EarlierRounds.RETURNED_ON).geq(lit(oldest)));
        LocalDate first = firstRound(back);
        if (first == null) {
            return young;
        }
        // Older ones, of the days from which the rounds could choose what returned since.
        Column older = col(Candidates.RUN_DATE)
                .between(lit(first.minusDays(config.selection().maxAgeDays())), lit(oldest.minusDays(1)));
        return young.unionByName(all.filter(older.and(stays)).join(back, IMAGE_KEY, "left_semi"));
    }

    private static @Nullable LocalDate firstRound(Dataset<Row> back) {
        return back.agg(min(col(Selections.RUN_DATE))).first().getAs(0);
    }

    /**
     * Candidates that no sealed round holds and that nobody was asked about besides.
     *
     * <p>Draws are from all that there is: what rounds of earlier days hold stays in their pools and is marked, and what
     * was asked besides stays, because a draw is answered blind; only what an earlier round of the same day holds is left
     * out.
     */
    private Dataset<Row> free() {
        LocalDate cooledDown = day.minusDays(config.selection().cooldownDays());
        Dataset<Row> held = held(cooledDown)
                .groupBy(Inferences.USE_CASE, Inferences.IMAGE_URI)
                .agg(max(col(Selections.RUN_DATE)).as(LAST_HELD));
        Dataset<Row> besides = askedBesides
                .filter(col(Selections.RUN_DATE).geq(lit(cooledDown)))
                .select(
                        col(Inferences.USE_CASE),
                        ImageUris.canonical(col(Inferences.IMAGE_URI)).as(Inferences.IMAGE_URI),
                        lit(true).as(BESIDES))
                .distinct();
        Column before = col(LAST_HELD).isNotNull().or(col(BESIDES).isNotNull());
        Column today = coalesce(col(LAST_HELD).equalTo(lit(day)), lit(false));
        return candidates()
                .join(held, IMAGE_KEY, "left")
                .join(besides, IMAGE_KEY, "left")
                .filter(not(today).and(not(before).or(col(Candidates.SIGNAL).isin(Candidates.DRAWN.toArray()))))
                .drop(BESIDES);
    }

    /** Puts the worst segment that an item lies in where its signal speaks of none, and leaves the dimensions out. */
    private Dataset<Row> withSegment(Dataset<Row> rows) {
        Column label = coalesce(col(Inferences.PREDICTED_LABEL), lit(Inferences.NO_LABEL));
        // What no job can take is counted, and need not be here as a whole for that.
        Column reference = substring(col(Inferences.IMAGE_URI), 1, ItemReferences.MAX_VALUE + 1);
        return rows.withColumn(Inferences.IMAGE_URI, reference)
                .withColumn(Candidates.SEGMENT, coalesce(col(Candidates.SEGMENT), segments.first(label, dimensions)))
                .drop(dimensions.stream().map(TableDef::dimensionColumn).toArray(String[]::new));
    }

    /** Selections of the sealed rounds from a day to this one, without what returned. */
    private Dataset<Row> held(LocalDate from) {
        return tables.read(Selections.TABLE)
                .filter(col(Selections.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(Selections.RUN_DATE).between(lit(from), lit(day)))
                        .and(col(Selections.ROUND_ID)
                                .isin(sealed.stream().map(Round::id).toArray())))
                .join(returned, HELD_KEY, "left_anti");
    }

    /** Frames of the day that its own sealed rounds hold, by use case: a correction's audit is drawn from the others. */
    private Map<String, Long> heldToday() {
        Map<String, Long> frames = new HashMap<>();
        held(day)
                .filter(to_date(col(Inferences.CAPTURED_AT)).equalTo(lit(day)))
                .groupBy(Inferences.USE_CASE)
                .agg(countDistinct(col(Inferences.IMAGE_URI)).as(ITEMS))
                .collectAsList()
                .forEach(row -> frames.put(row.getAs(Inferences.USE_CASE), row.getAs(ITEMS)));
        return frames;
    }

    /** What sealed rounds chose of the days that candidates stay in the pool, draws aside; no more than their budgets. */
    private Map<String, List<Shot>> shots() {
        Map<String, List<Shot>> shots = new HashMap<>();
        held(day.minusDays(config.selection().maxAgeDays()))
                .filter(not(col(Selections.SIGNAL).isin(Candidates.DRAWN.toArray())))
                .collectAsList()
                .forEach(row -> shots.computeIfAbsent(row.getAs(Inferences.USE_CASE), useCase -> new ArrayList<>())
                        .add(new Shot(
                                new Source(row.getAs(Inferences.CAMERA_ID), row.getAs(Inferences.PREDICTED_LABEL)),
                                row.getAs(Inferences.CAPTURED_AT),
                                row.getAs(Inferences.PHASH))));
        return shots;
    }

    /** Keeps the best of each signal by a histogram first, so that only little more than is kept is sorted. */
    private Dataset<Row> best(Dataset<Row> free) {
        Column score = coalesce(col(Candidates.SCORE), lit(0));
        Dataset<Row> binned =
                free.withColumn(BIN, floor(score.multiply(lit(SCORE_BINS))).cast("int"));
        Column place = row_number()
                .over(Window.partitionBy(Inferences.USE_CASE, Candidates.SIGNAL)
                        .orderBy(
                                score.desc(),
                                col(Candidates.DRAW),
                                col(Candidates.ITEM_ID),
                                col(Candidates.RUN_DATE).desc()));
        return binned.join(broadcast(tables.frame(CUTS, cuts(binned))), SIGNAL_KEY)
                .filter(col(BIN).geq(col(LOWEST_BIN)))
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(col(LIMIT)))
                .drop(BIN, LOWEST_BIN, LIMIT, PLACE);
    }

    /** Walks down the score histogram of each signal until its limit is reached; rows of {@link #CUTS}. */
    private List<Row> cuts(Dataset<Row> binned) {
        List<Row> histogram = binned.groupBy(Inferences.USE_CASE, Candidates.SIGNAL, BIN)
                .agg(count(lit(1)).as(ITEMS))
                .sort(col(BIN).desc())
                .collectAsList();
        Map<String, Map<String, Long>> kept = new TreeMap<>();
        Map<String, Map<String, Integer>> lowest = new TreeMap<>();
        for (Row row : histogram) {
            String useCase = row.getAs(Inferences.USE_CASE);
            String signal = row.getAs(Candidates.SIGNAL);
            Map<String, Long> items = kept.computeIfAbsent(useCase, u -> new TreeMap<>());
            if (items.getOrDefault(signal, 0L) < Candidates.poolSize(config, useCase)) {
                lowest.computeIfAbsent(useCase, u -> new TreeMap<>()).put(signal, row.getAs(BIN));
            }
            items.merge(signal, row.getAs(ITEMS), Long::sum);
        }
        Candidates.requireBounded(config, kept.keySet());
        List<Row> cuts = new ArrayList<>();
        lowest.forEach((useCase, bins) -> bins.forEach((signal, bin) ->
                cuts.add(RowFactory.create(useCase, signal, bin, Candidates.poolSize(config, useCase)))));
        return cuts;
    }
}
