package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.bit_or;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.getbit;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.ImageScore;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.HashDraw;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Scores of images by all their boxes, of the use cases whose {@code image-score} is a mean or a sum (Brust, Kaeding and
 * Denzler 2019). The best box needs none of this: it is the best row of its item.
 *
 * <p>A box scores what {@link Signals#score} says of its row, 0 where the signal has nothing to say. The mean is over the
 * boxes of the image, of all classes, with at least the floor of confidence; the sum is over the five that score highest,
 * and divided by five, so that scores stay in [0, 1].
 *
 * <p>Which boxes share an image no cell knows, so the day is passed over three times more, each time for use case, image
 * and what scores are made of alone:
 *
 * <ol>
 *   <li>A hash sample of the images tells a score that more images reach than are wanted, all but surely.
 *   <li>Neither a mean nor a fifth of the sum of five is above the best of them: only an image with a box of that score can
 *       reach it. Such images are marked in a set of bits by hash, which forgets none and takes few others along.
 *   <li>The boxes of the images that are marked are brought together; no other row is shuffled.
 * </ol>
 */
final class ImageScores implements AutoCloseable {
    /** Boxes of which a sum is made. */
    static final int BOXES = 5;

    /** Boxes of one use case, by judgement, from whose images the cut is told. */
    private static final long SAMPLE = 2_000_000;

    /** Bits of one word of the set; all 64 of a long. */
    private static final long BITS = 64;

    /** Words of the set: 16 million bits, some 10 MB to broadcast. */
    private static final long WORDS = 1 << 18;

    private static final int PASSES = 3;
    private static final int BINS = 1_024;
    private static final String WORD = "word";
    private static final String BIT = "bit";
    private static final String MARKS = "marks";
    private static final String BIN = "bin";
    private static final String ROWS = "rows";
    private static final String FOUND = "found";

    private final @Nullable Dataset<Row> images;
    private final WinnowConfig config;

    private ImageScores(@Nullable Dataset<Row> images, WinnowConfig config) {
        this.images = images;
        this.config = config;
    }

    /** Column of an image's score by a signal. */
    static String column(String signal) {
        return "image_" + signal.toLowerCase(Locale.ROOT);
    }

    /** Confidence from which rows count, by use case. */
    static Column floorOf(WinnowConfig config) {
        return byUseCase(
                config.useCases().keySet(), useCase -> config.boxes(useCase).floor());
    }

    /** Returns whether images of a use case are scored by all their boxes. */
    static boolean asked(WinnowConfig config, String useCase) {
        return config.boxes(useCase).score() != ImageScore.MAX && Candidates.wanted(config, useCase) > 0;
    }

    /**
     * Scores the images that a round can want; without a use case that asks for it nothing is read.
     *
     * @param measured rows of a day, see {@link Signals#measured}; read three times
     * @param rows use case to its rows of the day
     * @param salt of the configuration, with the day
     */
    static ImageScores of(Dataset<Row> measured, Map<String, Long> rows, WinnowConfig config, String salt) {
        return of(measured, rows, config, salt, SAMPLE);
    }

    /** The same with another size of the sample, in boxes of one use case. */
    static ImageScores of(
            Dataset<Row> measured, Map<String, Long> rows, WinnowConfig config, String salt, long sample) {
        Map<String, Double> shares = new TreeMap<>();
        rows.forEach((useCase, count) -> {
            if (asked(config, useCase)) {
                shares.put(useCase, Math.min(1, (double) sample / Math.max(1, count)));
            }
        });
        if (shares.isEmpty()) {
            return new ImageScores(null, config);
        }
        Column draw = HashDraw.of("image|" + salt, col(IMAGE_URI));
        Dataset<Row> boxes = boxes(measured, shares.keySet());
        Column share = byUseCase(shares.keySet(), useCase -> shares.getOrDefault(useCase, 0.0));
        Map<String, Map<String, Double>> cuts = cuts(byImage(boxes.filter(draw.lt(share)), config), shares, config);
        Dataset<Row> images = byImage(marked(boxes, cuts), config)
                .filter(reaches(col(Candidates.SIGNAL), col(Candidates.SCORE), cuts))
                .withColumn(Candidates.DRAW, draw)
                .withColumn(Candidates.SEGMENT, lit(null).cast("string"))
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new ImageScores(images, config);
    }

    /** Adds {@link #column} of every signal; null for rows of other images. Without scores the rows stay as they are. */
    Dataset<Row> put(Dataset<Row> rows) {
        if (images == null) {
            return rows;
        }
        List<Column> scores = Candidates.BY_SCORE.stream()
                .map(signal -> max(when(col(Candidates.SIGNAL).equalTo(signal), col(Candidates.SCORE)))
                        .as(column(signal)))
                .toList();
        Dataset<Row> best = BestScores.of(images, (useCase, none) -> Candidates.poolSize(config, useCase))
                .groupBy(USE_CASE, IMAGE_URI)
                .agg(scores.get(0), scores.subList(1, scores.size()).toArray(Column[]::new));
        return rows.join(broadcast(best), new String[] {USE_CASE, IMAGE_URI}, "left");
    }

    /** Passes over the day that it took. */
    int passes() {
        return images == null ? 0 : PASSES;
    }

    /** Lets go of what is held; rows that {@link #put} made must have been read. */
    @Override
    public void close() {
        if (images != null) {
            images.unpersist();
        }
    }

    /** The boxes that count: use case, image and score by signal, 0 where a signal has nothing to say. */
    private static Dataset<Row> boxes(Dataset<Row> measured, Collection<String> useCases) {
        Column counts = col(USE_CASE)
                .isin(useCases.toArray())
                .and(col(PREDICTED_LABEL).isNotNull())
                .and(col(CONFIDENCE).geq(coalesce(col(DayCuts.BOX_FLOOR), lit(0.0))));
        List<Column> columns = new ArrayList<>(List.of(col(USE_CASE), col(IMAGE_URI)));
        for (String signal : Candidates.BY_SCORE) {
            Column own = coalesce(Signals.score(signal), lit(0.0));
            columns.add(greatest(own, lit(0.0)).as(column(signal)));
        }
        return measured.filter(counts).select(columns.toArray(Column[]::new));
    }

    /** Use case, image, signal and score of the images of some boxes; those that score 0 are left out. */
    private static Dataset<Row> byImage(Dataset<Row> boxes, WinnowConfig config) {
        List<Column> lists = new ArrayList<>();
        List<Column> scores = new ArrayList<>();
        for (String signal : Candidates.BY_SCORE) {
            lists.add(collect_list(column(signal)).as(column(signal)));
            scores.add(struct(
                    lit(signal).as(Candidates.SIGNAL),
                    together(col(column(signal)), config).as(Candidates.SCORE)));
        }
        return boxes.groupBy(USE_CASE, IMAGE_URI)
                .agg(lists.get(0), lists.subList(1, lists.size()).toArray(Column[]::new))
                .select(
                        col(USE_CASE),
                        col(IMAGE_URI),
                        explode(array(scores.toArray(Column[]::new))).as(FOUND))
                .select(USE_CASE, IMAGE_URI, FOUND + ".*")
                .filter(col(Candidates.SCORE).gt(0));
    }

    /** Score of an image by those of its boxes; added up from the highest on, so that no order of rows shows. */
    private static Column together(Column boxes, WinnowConfig config) {
        Column descending = sort_array(boxes, false);
        Column mean = sum(descending).divide(size(boxes));
        Column sum = sum(slice(descending, 1, BOXES)).divide(BOXES);
        Column isSum = lit(config.boxes(WinnowConfig.DEFAULT_USE_CASE).score() == ImageScore.SUM);
        for (String useCase : config.useCases().keySet()) {
            isSum = when(col(USE_CASE).equalTo(useCase), config.boxes(useCase).score() == ImageScore.SUM)
                    .otherwise(isSum);
        }
        // Not above the best box by a rounding either, as the cut relies on it.
        return least(when(isSum, sum).otherwise(mean), descending.getItem(0));
    }

    private static Column sum(Column scores) {
        return aggregate(scores, lit(0.0), Column::plus);
    }

    /** Use case to signal to a score that at least as many images reach as a pool takes. */
    private static Map<String, Map<String, Double>> cuts(
            Dataset<Row> sampled, Map<String, Double> shares, WinnowConfig config) {
        Map<String, Map<String, List<ScoreCut.Bin>>> bins = new TreeMap<>();
        sampled.groupBy(
                        col(USE_CASE),
                        col(Candidates.SIGNAL),
                        least(floor(col(Candidates.SCORE).multiply(BINS)), lit(BINS - 1L))
                                .as(BIN))
                .agg(count(lit(1)).as(ROWS))
                .collectAsList()
                .forEach(row -> {
                    double low = row.<Long>getAs(BIN) / (double) BINS;
                    bins.computeIfAbsent(row.getAs(USE_CASE), useCase -> new TreeMap<>())
                            .computeIfAbsent(row.getAs(Candidates.SIGNAL), signal -> new ArrayList<>())
                            .add(new ScoreCut.Bin(low, low + 1.0 / BINS, row.<Long>getAs(ROWS), true));
                });
        Map<String, Map<String, Double>> cuts = new TreeMap<>();
        shares.forEach((useCase, share) -> {
            long wanted = ScoreCut.ofSample(Candidates.poolSize(config, useCase), share);
            Map<String, Double> ofUseCase = cuts.computeIfAbsent(useCase, u -> new TreeMap<>());
            Map<String, List<ScoreCut.Bin>> found = bins.getOrDefault(useCase, Map.of());
            Candidates.BY_SCORE.forEach(signal -> ofUseCase.put(
                    signal,
                    ScoreCut.of(found.getOrDefault(signal, List.of()), wanted).consider()));
        });
        return cuts;
    }

    /** Whether a score is above 0 and reaches the cut of its use case and signal. */
    private static Column reaches(Column signal, Column score, Map<String, Map<String, Double>> cuts) {
        Column reached = lit(false);
        for (String named : Candidates.BY_SCORE) {
            reached = reached.or(signal.equalTo(named).and(score.geq(cutOf(named, cuts))));
        }
        return score.gt(0).and(reached);
    }

    private static Column cutOf(String signal, Map<String, Map<String, Double>> cuts) {
        return byUseCase(
                cuts.keySet(), useCase -> cuts.getOrDefault(useCase, Map.of()).getOrDefault(signal, 0.0));
    }

    /** The boxes of all images that have one which reaches a cut, and of few others. */
    private static Dataset<Row> marked(Dataset<Row> boxes, Map<String, Map<String, Double>> cuts) {
        Column reached = lit(false);
        for (String signal : Candidates.BY_SCORE) {
            reached = reached.or(reaches(lit(signal), col(column(signal)), cuts));
        }
        Column place = pmod(xxhash64(col(USE_CASE), col(IMAGE_URI)), lit(WORDS * BITS));
        Dataset<Row> placed = boxes.withColumn(WORD, floor(place.divide(BITS)))
                .withColumn(BIT, pmod(place, lit(BITS)).cast("int"));
        Dataset<Row> words = placed.filter(reached)
                .groupBy(WORD)
                .agg(bit_or(call_function("shiftleft", lit(1L), col(BIT))).as(MARKS));
        return placed.join(broadcast(words), WORD)
                .filter(getbit(col(MARKS), col(BIT)).equalTo(1))
                .drop(WORD, BIT, MARKS);
    }

    /** A number by use case; that of the default for those which are not named. */
    private static Column byUseCase(Collection<String> useCases, ToDoubleFunction<String> number) {
        Column value = lit(number.applyAsDouble(WinnowConfig.DEFAULT_USE_CASE));
        for (String useCase : useCases) {
            value = when(col(USE_CASE).equalTo(useCase), number.applyAsDouble(useCase))
                    .otherwise(value);
        }
        return value;
    }
}
