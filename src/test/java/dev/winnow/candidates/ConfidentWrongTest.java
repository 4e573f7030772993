package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.winnow.analysis.ImageFindings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.Misclassified;
import dev.winnow.testing.Configs;
import dev.winnow.testing.Frames;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfidentWrongTest {
    private static final List<String> LIGHT = List.of("light");

    private static String wrong(String id, String verdict, @Nullable String label, @Nullable Double confidence) {
        return """
                {'pipeline':'p','arrival_date':'2026-10-02','inference_id':'%s','image_uri':'s3://b/%s.jpg',\
                'captured_at':'2026-10-01T10:00:00Z','event_date':'2026-10-01','use_case':'dock','model_version':'m',\
                'site_id':'s1','camera_id':'c1','verdict':'%s','dim_light':'night'%s%s}""".formatted(
                        id,
                        id,
                        verdict,
                        label == null ? "" : ",'predicted_label':'" + label + "'",
                        confidence == null ? "" : ",'confidence':" + confidence);
    }

    private static Dataset<Row> found(WinnowConfig config, String... wrong) {
        return ConfidentWrong.of(
                        Frames.of(Misclassified.TABLE.withDimensions(LIGHT), wrong), LIGHT, config, "salt|2026-10-02")
                .sort(Inferences.INFERENCE_ID);
    }

    @Test
    void whatIsContradictedCountsFromTheConfidenceOnThatItsClassNamesAndScoresByIt() {
        WinnowConfig config = Configs.of("""
                use-cases.default.classes { default.confident-from = 0.7, knife.confident-from = 0.95 }
                use-cases.gate.classes.default.confident-from = 0.2
                """);
        assertThat(found(
                                config,
                                wrong("a", "FALSE_POSITIVE", "bag", 0.7),
                                wrong("b", "RELABELED", "bag", 0.99),
                                wrong("c", "FALSE_POSITIVE", "bag", 0.69),
                                wrong("d", "FALSE_POSITIVE", "knife", 0.94),
                                wrong("e", "RELABELED", "knife", 0.95),
                                wrong("f", "FALSE_POSITIVE", "bag", 0.2).replace("dock", "gate"),
                                wrong("g", "FALSE_POSITIVE", "bag", 0.1).replace("dock", "gate"))
                        .collectAsList())
                .extracting(
                        row -> row.getAs(Inferences.INFERENCE_ID),
                        row -> row.getAs(Candidates.SIGNAL),
                        row -> row.getAs(Candidates.SCORE),
                        row -> row.getAs(Candidates.VERDICT),
                        row -> row.getAs("dim_light"))
                .containsExactly(
                        tuple("a", "CONFIDENT_WRONG", 0.7, "FALSE_POSITIVE", "night"),
                        tuple("b", "CONFIDENT_WRONG", 0.99, "RELABELED", "night"),
                        tuple("e", "CONFIDENT_WRONG", 0.95, "RELABELED", "night"),
                        tuple("f", "CONFIDENT_WRONG", 0.2, "FALSE_POSITIVE", "night"));
    }

    @Test
    void whatWasOverlookedScoresHighestWhateverElseTheModelSaid() {
        assertThat(found(Configs.of(""), wrong("a", "MISSED", null, null), wrong("b", "MISSED", "bag", 0.1))
                        .collectAsList())
                .extracting(
                        row -> row.getAs(Inferences.INFERENCE_ID),
                        row -> row.getAs(Candidates.SCORE),
                        row -> row.getAs(Inferences.CONFIDENCE))
                .containsExactly(tuple("a", 1.0, null), tuple("b", 1.0, 0.1));
    }

    /** A finding of the run date. */
    private static String looked(String id, String status, @Nullable String failureMode, @Nullable Double confidence) {
        return wrong(id, "FALSE_POSITIVE", confidence == null ? null : "bag", confidence)
                .replace(
                        "'arrival_date':'2026-10-02'", "'run_date':'2026-10-02','run_id':'r','status':'" + status + "'")
                .replace(
                        "'dim_light'",
                        "'stratum':'bag','inclusion_probability':1,'duplicates':1,"
                                + (failureMode == null ? "" : "'failure_mode':'" + failureMode + "',") + "'dim_light'");
    }

    @Test
    void aMarkThatTheModelOfTheAnalysisFindsWrongIsOneOfTwoThatDisagreeHoweverSureTheDetectorWas() {
        Dataset<Row> findings = Frames.of(
                ImageFindings.TABLE.withDimensions(LIGHT),
                looked("a", ImageFindings.ANSWERED, "label_wrong", 0.3),
                looked("b", ImageFindings.ANSWERED, "look_alike", 0.9),
                looked("c", ImageFindings.TRUNCATED, "label_wrong", 0.9),
                looked("d", ImageFindings.MEASURED, null, 0.9),
                looked("e", ImageFindings.ANSWERED, "label_wrong", null),
                looked("f", ImageFindings.ANSWERED, "label_wrong", 0.9)
                        .replace("'stratum'", "'found_by':'LABELS','stratum'"),
                looked("g", ImageFindings.ANSWERED, "label_wrong", 0.9).replace("FALSE_POSITIVE", "MISSED"),
                looked("h", ImageFindings.ANSWERED, "label_wrong", 0.9)
                        .replace("'stratum'", "'found_by':'FEEDBACK','stratum'"));
        Dataset<Row> disputed = ConfidentWrong.disputed(findings, LIGHT, "salt|2026-10-02");
        assertThat(disputed.sort(Inferences.INFERENCE_ID).collectAsList())
                .as("a frame without output says nothing, what a label contradicts has its label, and a miss is of"
                        + " something else")
                .extracting(
                        row -> row.getAs(Inferences.INFERENCE_ID),
                        row -> row.getAs(Candidates.SIGNAL),
                        row -> row.getAs(Candidates.SCORE),
                        row -> row.getAs(Candidates.VERDICT),
                        row -> row.getAs("dim_light"))
                .containsExactly(
                        tuple("a", "CONFIDENT_WRONG", 0.15, "ANALYSIS_DISAGREES", "night"),
                        tuple("h", "CONFIDENT_WRONG", 0.45, "ANALYSIS_DISAGREES", "night"));
        assertThat(found(Configs.of(""), wrong("h", "FALSE_POSITIVE", "bag", 0.9))
                        .unionByName(disputed)
                        .transform(Signals::onePerItem)
                        .sort(Inferences.INFERENCE_ID)
                        .collectAsList())
                .as("where the detector was sure, people's word alone counts")
                .extracting(row -> row.getAs(Candidates.SCORE), row -> row.getAs(Candidates.VERDICT))
                .containsExactly(tuple(0.15, "ANALYSIS_DISAGREES"), tuple(0.9, "FALSE_POSITIVE"));
    }

    @Test
    void anItemThatIsContradictedTwiceIsOneCandidateByItsHighestScore() {
        Dataset<Row> items = found(
                        Configs.of(""),
                        wrong("a", "FALSE_POSITIVE", "bag", 0.9),
                        wrong("b", "RELABELED", "bag", 0.95).replace("s3://b/b.jpg", "s3://b/a.jpg"),
                        wrong("c", "RELABELED", "knife", 0.85).replace("s3://b/c.jpg", "s3://b/a.jpg"))
                .transform(Signals::onePerItem);
        assertThat(items.sort(Inferences.INFERENCE_ID).collectAsList())
                .extracting(row -> row.getAs(Inferences.INFERENCE_ID), row -> row.getAs(Candidates.SCORE))
                .containsExactly(tuple("b", 0.95), tuple("c", 0.85));
    }
}
