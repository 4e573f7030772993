package dev.winnow.candidates;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.config.Uncertainty;
import dev.winnow.inputs.HashDraw;
import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Frames;
import dev.winnow.testing.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    /** Nothing is cut; knife has thresholds of its own; no audit. */
    private static final String[] OPEN = {cut("bag", 0.5, 0.25, 0.6, 0), cut("knife", 0.8, 0.1, 0.9, 0)};

    /** No signal but those of segments. */
    private static final String[] SILENT = {cut("bag", 0.5, 0.001, 0, 0), cut(Inferences.NO_LABEL, 0.5, 0.001, 0, 0)};

    private static String cut(String label, double threshold, double band, double low, double audit) {
        return """
                {'use_case':'dock','label':'%s','alarm_threshold':%s,'boundary_band':%s,'low_below':%s,\
                'boundary_keep':0,'boundary_consider':0,'boundary_share':1,\
                'low_confidence_keep':0,'low_confidence_consider':0,'low_confidence_share':1,'audit_limit':%s,'frames':100}""".formatted(label, threshold, band, low, audit);
    }

    private static String inference(String id, String image, @Nullable String label, Object confidence) {
        return """
                {'inference_id':'%s','image_uri':'%s','captured_at':'2026-10-01T01:02:03Z','event_date':'2026-10-01',\
                'use_case':'dock','model_version':'m1','site_id':'s','camera_id':'c'%s,'confidence':%s}""".formatted(id, image, label == null ? "" : ",'predicted_label':'" + label + "'", confidence);
    }

    private static Dataset<Row> find(String[] cuts, String... inferences) {
        return items(Frames.of(Inferences.TABLE, inferences), Frames.of(DayCuts.TABLE, cuts), "salt|2026-10-01");
    }

    private static Dataset<Row> items(Dataset<Row> inferences, Dataset<Row> cuts, String salt) {
        SegmentCuts none = new SegmentCuts(lit(null).cast("string"), Frames.of(SegmentCuts.TABLE));
        return Signals.find(doubtless(inferences), cuts, none, SignalsTest::without, salt)
                .transform(Signals::onePerItem);
    }

    private static Dataset<Row> findIn(SegmentCuts segments, Dataset<Row> inferences) {
        return Signals.find(
                doubtless(inferences),
                Frames.of(DayCuts.TABLE, SILENT),
                segments,
                SignalsTest::risky,
                "salt|2026-10-01");
    }

    /** Alarms of two segments, frames without output of one of them. */
    private static Dataset<Row> litInferences() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(inference("id" + i, "image" + i, i % 5 == 0 ? null : "bag", 0.99)
                    .replace("}", ",'dim_light':'" + (i % 3 == 0 ? "night" : i % 3 == 1 ? "day" : "dusk") + "'}"));
        }
        return Frames.of(Inferences.TABLE.withDimensions(List.of("light")), rows.toArray(String[]::new));
    }

    private static String segment(String useCase, String segment, double keep, double consider, double share) {
        return """
                {'use_case':'%s','segment':'%s','segment_quota':100,'elevated_segment_keep':%s,\
                'elevated_segment_consider':%s,'elevated_segment_share':%s,'segment_turns':100,\
                'segment_by_draw':false}""".formatted(useCase, segment, keep, consider, share);
    }

    private static SegmentCuts cuts(String... shares) {
        return new SegmentCuts(
                Segments.of("dock: light=night", "dock: light=day", "gate: light=dusk")
                        .first(col(DayCuts.LABEL), List.of("light")),
                Frames.of(SegmentCuts.TABLE, shares));
    }

    private static Dataset<Row> doubtless(Dataset<Row> inferences) {
        return ScoreVectors.put(inferences, Map.of(), Uncertainty.CONFIDENCE);
    }

    /** No risk, and nothing of it is kept. */
    private static Dataset<Row> without(Dataset<Row> alarms) {
        return alarms.withColumn(ErrorRisk.RISK, lit(null).cast("double"))
                .withColumn(DayCuts.keep(Candidates.ERROR_RISK), lit(0.0))
                .withColumn(DayCuts.consider(Candidates.ERROR_RISK), lit(0.0))
                .withColumn(DayCuts.share(Candidates.ERROR_RISK), lit(1.0));
    }

    /** Risks from 0 to 0.9, in the order of ids, of which nothing is kept by itself. */
    private static Dataset<Row> risky(Dataset<Row> alarms) {
        Column place = functions.substring(col(Inferences.INFERENCE_ID), 3, 10).cast("double");
        Column risk = functions.greatest(place.minus(30), lit(0.0)).divide(300);
        return without(alarms)
                .withColumn(
                        ErrorRisk.RISK,
                        functions.when(col(Inferences.PREDICTED_LABEL).isNotNull(), risk))
                .withColumn(DayCuts.keep(Candidates.ERROR_RISK), lit(2.0))
                .withColumn(DayCuts.consider(Candidates.ERROR_RISK), lit(2.0));
    }

    private static List<Row> scores(Dataset<Row> found) {
        return found.select(Inferences.INFERENCE_ID, Candidates.SIGNAL, Candidates.SCORE)
                .sort(Inferences.INFERENCE_ID, Candidates.SIGNAL)
                .collectAsList();
    }

    @Test
    void scoresFallToNothingAtTheEdgesOfTheBandAndTheEdgesAreOut() {
        assertThat(scores(find(
                                OPEN,
                                inference("at", "i1", "bag", 0.5),
                                inference("below", "i2", "bag", 0.375),
                                inference("edge-low", "i3", "bag", 0.25),
                                inference("edge-high", "i4", "bag", 0.75),
                                inference("inside", "i5", "bag", 0.6875),
                                inference("outside", "i6", "bag", 0.9)))
                        .stream()
                        .filter(row -> row.getString(1).equals(Candidates.BOUNDARY)))
                .extracting(row -> row.getString(0), row -> row.getDouble(2))
                .containsExactly(tuple("at", 1.0), tuple("below", 0.5), tuple("inside", 0.25));
    }

    @Test
    void lowConfidenceIsBelowTheClassesOwnLimitOnly() {
        assertThat(scores(find(
                                OPEN,
                                inference("bag-59", "i1", "bag", 0.59),
                                inference("bag-60", "i2", "bag", 0.6),
                                inference("knife-60", "i3", "knife", 0.6),
                                inference("knife-90", "i4", "knife", 0.9),
                                inference("zero", "i5", "knife", 0.0)))
                        .stream()
                        .filter(row -> row.getString(1).equals(Candidates.LOW_CONFIDENCE)))
                .extracting(row -> row.getString(0), row -> row.getDouble(2))
                .containsExactly(tuple("bag-59", 1 - 0.59), tuple("knife-60", 1 - 0.6), tuple("zero", 1.0));
    }

    @Test
    void alarmsOfARareClassAreKeptByHashWhateverTheirConfidenceAndScoredByTheirPlaceInTheShare() {
        String[] cuts = {
            cut("gun", 0.5, 0.001, 0, 0).replace("'frames'", "'rare_share':0.5,'frames'"), cut("bag", 0.5, 0.001, 0, 0)
        };
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(inference("id" + i, "image" + i, i < 80 ? "gun" : "bag", i % 2 == 0 ? 0.99 : 0.1));
        }
        List<Row> found = find(cuts, rows.toArray(String[]::new))
                .select(Candidates.SIGNAL, Inferences.PREDICTED_LABEL, Candidates.SCORE, Candidates.DRAW)
                .collectAsList();
        assertThat(found).hasSizeBetween(25, 55).allSatisfy(row -> {
            assertThat(row.getString(0)).isEqualTo(Candidates.RARE_CLASS);
            assertThat(row.getString(1)).isEqualTo("gun");
            assertThat(row.getDouble(3)).isLessThan(0.5);
            assertThat(row.getDouble(2)).isEqualTo(1 - row.getDouble(3) / 0.5);
        });
    }

    @Test
    void whereRatesAreEstimatedAlarmsOfASegmentAreKeptAndOrderedByTheirDrawAlone() {
        SegmentCuts cuts = cuts(segment("dock", "light=day", 2, 0, 0.5).replace("by_draw':false", "by_draw':true"));
        List<Row> found = findIn(cuts, litInferences())
                .select(Candidates.SIGNAL, Candidates.SCORE, Candidates.DRAW)
                .collectAsList();
        assertThat(found).hasSizeBetween(25, 55).allSatisfy(row -> {
            assertThat(row.getString(0)).isEqualTo(Candidates.ELEVATED_SEGMENT);
            assertThat(row.getDouble(2)).isLessThan(0.5);
            assertThat(row.getDouble(1)).isEqualTo(1 - row.getDouble(2));
        });
    }

    @Test
    void theRiskiestAlarmsOfAnElevatedSegmentAreKeptAndNameIt() {
        SegmentCuts cuts = cuts(
                segment("dock", "light=night", 0.5, 0.25, 0.5),
                segment("dock", "light=day", 0, 0, 1),
                segment("gate", "light=dusk", 0, 0, 1));
        List<Row> found = findIn(cuts, litInferences())
                .select(
                        Candidates.SIGNAL,
                        Candidates.SEGMENT,
                        Inferences.PREDICTED_LABEL,
                        Candidates.SCORE,
                        Candidates.DRAW,
                        TableDef.dimensionColumn("light"))
                .collectAsList();
        assertThat(found).allSatisfy(row -> {
            assertThat(row.getString(0)).isEqualTo(Candidates.ELEVATED_SEGMENT);
            assertThat(row.getString(1)).isEqualTo("light=" + row.getString(5));
            assertThat(row.getString(2)).isEqualTo("bag");
        });
        assertThat(found)
                .filteredOn(row -> row.getString(5).equals("day"))
                .as("all of its alarms, of a risk of 0, too")
                .hasSize(80)
                .anySatisfy(row -> assertThat(row.getDouble(3)).isZero());
        List<Row> night =
                found.stream().filter(row -> row.getString(5).equals("night")).toList();
        assertThat(night).filteredOn(row -> row.getDouble(3) >= 0.5).hasSize(32);
        assertThat(night)
                .filteredOn(row -> row.getDouble(3) < 0.5)
                .as("half of the next by hash")
                .hasSizeBetween(3, 17)
                .allSatisfy(row -> {
                    assertThat(row.getDouble(3)).isGreaterThanOrEqualTo(0.25);
                    assertThat(row.getDouble(4)).isLessThan(0.5);
                });
    }

    @Test
    void aSegmentWithoutAShareAndADayWithoutSegmentsSpeakForNothing() {
        assertThat(findIn(cuts(), litInferences()).collectAsList()).isEmpty();
        SegmentCuts none = new SegmentCuts(lit(null).cast("string"), Frames.of(SegmentCuts.TABLE));
        assertThat(findIn(none, litInferences()).collectAsList()).isEmpty();
    }

    @Test
    void theFactsAreReadOnceAndNeverShuffled() {
        SegmentCuts cuts = cuts(segment("dock", "light=night", 0.5, 0.25, 0.5));
        String plan =
                findIn(cuts, litInferences()).queryExecution().executedPlan().toString();
        assertThat(plan).contains("BroadcastHashJoin").doesNotContain("SortMergeJoin", "Exchange hashpartitioning");
        assertThat(plan.split("Scan[^\\n\\[]*\\[inference_id", -1)).as(plan).hasSize(2);
    }

    @Test
    void aFrameWithoutOutputHasNoScoreWhateverConfidenceTheLogWroteThere() {
        String[] cuts = {cut(Inferences.NO_LABEL, 0.5, 0.25, 0.6, 1)};
        List<Row> found = find(
                        cuts,
                        inference("none", "i1", null, 0.0),
                        inference("middle", "i2", null, 0.5),
                        inference("broken", "i3", null, 7))
                .select(Candidates.SIGNAL, Inferences.CONFIDENCE, Candidates.SCORE)
                .distinct()
                .collectAsList();
        assertThat(found).containsExactly(org.apache.spark.sql.RowFactory.create(Candidates.AUDIT, null, null));
    }

    @Test
    void theAuditPoolIsAllFramesBelowTheLimitByTheHashOfTheImage() {
        String[] cuts = {cut("bag", 0.5, 0.001, 0, 0.3), cut(Inferences.NO_LABEL, 0.5, 0.001, 0, 0.3)};
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(inference("id" + i, "image" + i, i % 3 == 0 ? null : "bag", i % 3 == 0 ? "null" : "0.99"));
        }
        Dataset<Row> found = find(cuts, rows.toArray(String[]::new));
        Dataset<Row> expected = Frames.of(Inferences.TABLE, rows.toArray(String[]::new))
                .withColumn(Candidates.DRAW, HashDraw.of("audit|salt|2026-10-01", col(Inferences.IMAGE_URI)))
                .filter(col(Candidates.DRAW).lt(0.3))
                .select(col(Inferences.IMAGE_URI), lit(Candidates.AUDIT).as(Candidates.SIGNAL), col(Candidates.DRAW));
        assertSameRows(expected, found.select(Inferences.IMAGE_URI, Candidates.SIGNAL, Candidates.DRAW));
        assertThat(found.count()).isBetween(60L, 120L);
        assertThat(found.filter(col(Inferences.PREDICTED_LABEL).isNull()).count())
                .isPositive();
        assertThat(found.select(Candidates.DRAW_LIMIT, Candidates.FRAMES)
                        .distinct()
                        .collectAsList())
                .containsExactly(org.apache.spark.sql.RowFactory.create(0.3, 100L));
    }

    @Test
    void anItemIsAnImageWithAClassAndTheAuditsItemIsTheImage() {
        String[] cuts = {cut("bag", 0.5, 0.25, 0.6, 1), cut("knife", 0.5, 0.25, 0.6, 1)};
        Dataset<Row> found = find(
                cuts,
                inference("far", "i", "bag", 0.59),
                inference("near", "i", "bag", 0.51),
                inference("other", "i", "knife", 0.55));
        assertThat(found.select(Candidates.SIGNAL, Inferences.INFERENCE_ID)
                        .sort(Candidates.SIGNAL, Inferences.INFERENCE_ID)
                        .collectAsList())
                .extracting(row -> row.getString(0) + " " + row.getString(1))
                .containsExactly(
                        "AUDIT far", // no score: the first id stands for the image
                        "BOUNDARY near",
                        "BOUNDARY other",
                        "LOW_CONFIDENCE near",
                        "LOW_CONFIDENCE other");
        assertThat(found.filter(col(Inferences.INFERENCE_ID).equalTo("near"))
                        .select(functions.countDistinct(Candidates.ITEM_ID))
                        .first()
                        .getLong(0))
                .isEqualTo(1);
        assertThat(found.select(Candidates.ITEM_ID).distinct().count()).isEqualTo(3);
        assertThat(found.filter(functions.length(col(Candidates.ITEM_ID)).notEqual(32))
                        .count())
                .isZero();
    }

    @Test
    void anItemOfTheAuditTellsHowManyModelVersionsScoredItsImage() {
        String[] cuts = {cut("bag", 0.5, 0.25, 0.6, 1), cut(Inferences.NO_LABEL, 0.5, 0.25, 0.6, 1)};
        Dataset<Row> found = find(
                cuts,
                inference("a1", "a", "bag", 0.5),
                inference("a2", "a", null, "null").replace("'m1'", "'m2'"),
                inference("a3", "a", "bag", 0.5),
                inference("b1", "b", "bag", 0.5),
                inference("b2", "b", "bag", 0.5),
                inference("c2", "c", "bag", 0.5).replace("'m1'", "'m2'"),
                inference("d1", "s3://b/d", "bag", 0.5),
                inference("d2", "s3a://b/d", "bag", 0.5).replace("'m1'", "'m2'"));
        assertThat(found.filter(col(Candidates.SIGNAL).equalTo(Candidates.AUDIT))
                        .sort(Inferences.INFERENCE_ID)
                        .select(Inferences.INFERENCE_ID, Candidates.VERSIONS)
                        .collectAsList())
                .extracting(row -> row.mkString(" "))
                .containsExactly("a1 2", "b1 1", "c2 1", "d1 2");
        assertThat(found.filter(col(Candidates.SIGNAL).notEqual(Candidates.AUDIT))
                        .select(Candidates.VERSIONS)
                        .distinct()
                        .collectAsList())
                .as("of other signals")
                .containsExactly(org.apache.spark.sql.RowFactory.create((Object) null));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void neitherPartitionsNorRepeatedIdsDecideWhichRowStandsForAnItem(int partitions) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            // Every id twice, on another image, and every image under two ids.
            rows.add(inference("id" + i % 30, "i" + i % 20, i % 2 == 0 ? "bag" : "knife", 0.5 + i / 1000.0)
                    .replace("'camera_id':'c'", "'camera_id':'c" + i + "'"));
        }
        String[] cuts = {cut("bag", 0.5, 0.25, 0.6, 1), cut("knife", 0.8, 0.4, 0.9, 1)};
        Dataset<Row> small = Frames.of(DayCuts.TABLE, cuts);
        Dataset<Row> once = Frames.of(Inferences.TABLE, rows.toArray(String[]::new));
        java.util.Collections.reverse(rows);
        Dataset<Row> again =
                Frames.of(Inferences.TABLE, rows.toArray(String[]::new)).repartition(partitions);
        assertSameRows(items(once, small, "s"), items(again, small, "s"));
    }

    @Test
    void whereRowsShareImagesTheyDoNotCountFrames() {
        String[] cuts = {cut("bag", 0.5, 0.25, 0.6, 1).replace(",'frames':100", "")};
        Dataset<Row> found = find(cuts, inference("a", "i", "bag", 0.5));
        assertThat(found.filter(col(Candidates.FRAMES).isNotNull()).count()).isZero();
    }
}
