package dev.winnow.candidates;

import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.EMBEDDING;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.PHASH;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The second pass over the inferences of a day: scores them and keeps what survives the cuts. */
final class Signals {
    private static final String FOUND = "found";
    private static final String PLACE = "place";

    /** Score of the row alone where its image is scored by all its boxes; null otherwise. */
    static final String BOX_SCORE = "box_score";

    /** Hash of a whole inference: the last word on which row stands for an item. */
    static final String CONTENT = "content";

    private static final Column NO_SCORE = lit(null).cast("double");
    private static final Column NO_LIMIT = lit(null).cast("double");
    private static final Column NO_FRAMES = lit(null).cast("long");
    private static final Column NO_SEGMENT = lit(null).cast("string");

    /** What an inference has beyond what stands for it. */
    private static final List<String> BEYOND = List.of(ScoreVectors.UNCERTAINTY, PHASH, EMBEDDING);

    private Signals() {}

    /**
     * Returns the rows that survive the cuts, one per inference and signal, shaped like {@link Candidates} less pipeline,
     * run date and run id, and ready for {@link #onePerItem}.
     *
     * <p>Scores: {@code BOUNDARY} 1 - |c - t| / b inside the band, its edges left out (Settles 2009, margin of a binary
     * decision), {@code LOW_CONFIDENCE} 1 - c below the limit (least confidence where only the top confidence is known), or
     * the doubt by the scores of all classes, see {@link ScoreVectors}.
     * {@code RARE_CLASS} 1 - draw / share of the alarms of a rare class, so that classes take turns in the proportion of
     * their shares of the pool. {@code ERROR_RISK} is the risk itself, see {@link ErrorRisk}, and so is
     * {@code ELEVATED_SEGMENT}, of the alarms of such a segment, or what falls with their draw, until
     * {@link SegmentCuts#inTurns}. A box below its use case's floor has no score. Where images are scored by
     * all their boxes, {@link ImageScores} has the score, and one row stands for an item: its best box.
     * A frame without output has none, whatever confidence the log wrote there. The audit is drawn by the hash of the
     * image, with a salt of its own, so that it does not follow the scores.
     *
     * @param inferences accepted inferences of the day with all dimensions and {@link ScoreVectors#UNCERTAINTY}; perceptual
     *     hash and embedding where the log has them
     * @param cuts shaped like {@link DayCuts}, small
     * @param segments cuts of elevated segments
     * @param risk adds the risk of an alarm and the cut of its signal, see {@link ErrorRisk#scored}, and the scores of
     *     images where they are asked for, see {@link ImageScores#put}
     * @param salt of the configuration, with the day
     */
    static Dataset<Row> find(
            Dataset<Row> inferences,
            Dataset<Row> cuts,
            SegmentCuts segments,
            UnaryOperator<Dataset<Row>> risk,
            String salt) {
        Dataset<Row> measured = measured(inferences, cuts, risk);
        boolean byImage = List.of(measured.columns()).contains(ImageScores.column(Candidates.BOUNDARY));
        List<String> names = List.of(inferences.columns());
        Column[] columns = names.stream()
                .filter(name -> !BEYOND.contains(name))
                .map(name -> col(name))
                .toArray(Column[]::new);
        List<Column> kept = new ArrayList<>(List.of(columns));
        kept.add((names.contains(PHASH) ? col(PHASH) : lit(null).cast("long")).as(PHASH));
        kept.add((names.contains(EMBEDDING)
                        ? EmbeddingBuckets.bucket()
                        : lit(null).cast("int"))
                .as(Candidates.EMBEDDING_BUCKET));
        kept.add(col(FOUND + ".*"));
        kept.add(item(col(FOUND + "." + Candidates.SIGNAL)).as(Candidates.ITEM_ID));
        kept.add(xxhash64(columns).as(CONTENT));
        Dataset<Row> found = measured.transform(segments::put)
                .withColumn(FOUND, explode(filter(array(signals(byImage, salt)), Column::isNotNull)))
                .select(kept.toArray(Column[]::new));
        // Before anything counts rows: a crowded image has as many as it has boxes.
        return byImage
                ? placed(found)
                        .filter(col(BOX_SCORE).isNull().or(col(PLACE).equalTo(1)))
                        .drop(PLACE)
                : found;
    }

    /** What each signal finds in a row of {@link #measured} in a segment; null for those that find nothing. */
    private static Column[] signals(boolean byImage, String salt) {
        Column draw = HashDraw.of("draw|" + salt, col(IMAGE_URI), label());
        List<Column> signals = new ArrayList<>();
        for (String signal : Candidates.BY_SCORE) {
            Column own = score(signal);
            signals.add(when(passes(signal, draw), found(signal, own, draw, NO_LIMIT, NO_FRAMES, NO_SCORE)));
            if (byImage) { // of a use case that is scored so, no row passes by itself
                Column image = col(ImageScores.column(signal));
                signals.add(
                        when(own.gt(0).and(image.isNotNull()), found(signal, image, draw, NO_LIMIT, NO_FRAMES, own)));
            }
        }
        Column risk = score(Candidates.ERROR_RISK);
        signals.add(when(
                SegmentCuts.kept(risk, draw),
                found(
                        Candidates.ELEVATED_SEGMENT,
                        SegmentCuts.order(risk, draw),
                        draw,
                        NO_LIMIT,
                        NO_FRAMES,
                        NO_SCORE)));
        Column rare = col(DayCuts.RARE_SHARE);
        signals.add(when(
                draw.lt(rare).and(col(PREDICTED_LABEL).isNotNull()),
                found(Candidates.RARE_CLASS, lit(1).minus(draw.divide(rare)), draw, NO_LIMIT, NO_FRAMES, NO_SCORE)));
        Column auditDraw = HashDraw.of("audit|" + salt, ImageUris.canonical(col(IMAGE_URI)));
        signals.add(when(
                auditDraw.lt(col(DayCuts.AUDIT_LIMIT)),
                found(Candidates.AUDIT, NO_SCORE, auditDraw, col(DayCuts.AUDIT_LIMIT), col(DayCuts.FRAMES), NO_SCORE)));
        return signals.toArray(Column[]::new);
    }

    /** Returns inferences with the thresholds, cuts and risk that {@link #score} asks for. */
    static Dataset<Row> measured(Dataset<Row> inferences, Dataset<Row> cuts, UnaryOperator<Dataset<Row>> risk) {
        Column confidence = when(col(PREDICTED_LABEL).isNotNull(), col(CONFIDENCE));
        return risk.apply(inferences.withColumn(CONFIDENCE, confidence).withColumn(DayCuts.LABEL, label()))
                .join(broadcast(cuts), new String[] {USE_CASE, DayCuts.LABEL});
    }

    private static Column label() {
        return coalesce(col(PREDICTED_LABEL), lit(Inferences.NO_LABEL));
    }

    /**
     * Keeps the best row of each item and signal of what {@link #find} and {@link ConfidentWrong} found, and counts the model
     * versions among the rows of an item of the audit: all rows of its image are found, as the image alone decides.
     *
     * <p>Ids are unique only as far as the log can be trusted, so the order ends in the content of the row.
     */
    static Dataset<Row> onePerItem(Dataset<Row> found) {
        Column drawn = col(Candidates.SIGNAL).equalTo(Candidates.AUDIT);
        Column versions = collect_set(when(drawn, col(MODEL_VERSION)))
                .over(Window.partitionBy(USE_CASE, Candidates.SIGNAL, Candidates.ITEM_ID));
        return placed(found)
                .withColumn(Candidates.VERSIONS, when(drawn, size(versions)))
                .filter(col(PLACE).equalTo(1))
                .drop(PLACE, CONTENT, BOX_SCORE);
    }

    private static Dataset<Row> placed(Dataset<Row> found) {
        Column place = row_number()
                .over(Window.partitionBy(USE_CASE, Candidates.SIGNAL, Candidates.ITEM_ID)
                        .orderBy(col(Candidates.SCORE).desc(), col(BOX_SCORE).desc(), col(INFERENCE_ID), col(CONTENT)));
        return found.withColumn(PLACE, place);
    }

    /** The audit's item is the image, however versions write its URI; any other an image with a class. */
    private static Column item(Column signal) {
        Column audit = signal.equalTo(Candidates.AUDIT);
        return Candidates.item(
                col(USE_CASE),
                when(audit, ImageUris.canonical(col(IMAGE_URI))).otherwise(col(IMAGE_URI)),
                when(not(audit), col(PREDICTED_LABEL)));
    }

    /** Score of a row of {@link #measured} by a signal; null or not above 0 where the signal has nothing to say. */
    static Column score(String signal) {
        Column counts = col(DayCuts.BOX_FLOOR).isNull().or(col(CONFIDENCE).geq(col(DayCuts.BOX_FLOOR)));
        return when(
                counts,
                switch (signal) {
                    case Candidates.BOUNDARY ->
                        lit(1).minus(abs(col(CONFIDENCE).minus(col(DayCuts.ALARM_THRESHOLD)))
                                .divide(col(DayCuts.BOUNDARY_BAND)));
                    case Candidates.LOW_CONFIDENCE ->
                        coalesce(
                                col(ScoreVectors.UNCERTAINTY),
                                when(col(CONFIDENCE).lt(col(DayCuts.LOW_BELOW)), lit(1).minus(col(CONFIDENCE))));
                    case Candidates.ERROR_RISK -> col(ErrorRisk.RISK);
                    default ->
                        throw new IllegalArgumentException("Expected a signal that is cut by its score, got " + signal);
                });
    }

    private static Column passes(String signal, Column draw) {
        Column score = score(signal);
        Column byHash = score.geq(col(DayCuts.consider(signal))).and(draw.lt(col(DayCuts.share(signal))));
        return score.gt(0).and(score.geq(col(DayCuts.keep(signal))).or(byHash));
    }

    private static Column found(
            String signal, Column score, Column draw, Column limit, Column frames, Column boxScore) {
        return struct(
                lit(signal).as(Candidates.SIGNAL),
                score.as(Candidates.SCORE),
                draw.as(Candidates.DRAW),
                limit.as(Candidates.DRAW_LIMIT),
                frames.as(Candidates.FRAMES),
                boxScore.as(BOX_SCORE),
                (signal.equals(Candidates.ELEVATED_SEGMENT) ? col(SegmentCuts.SEGMENT) : NO_SEGMENT)
                        .as(Candidates.SEGMENT));
    }
}
