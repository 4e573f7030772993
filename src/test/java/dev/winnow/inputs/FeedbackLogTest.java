package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.testing.SparkExtension;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedbackLogTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-02");
    private static final String JSON = "feedback { path = \"$root/feedback\", format = json }\n";

    @TempDir
    Path folder;

    private static String mark(String... changes) {
        List<String> fields = new ArrayList<>(
                List.of("feedback_id=f1", "inference_id=i1", "verdict=CONFIRMED", "reported_at=2026-10-02T10:00:00Z"));
        for (String change : changes) {
            String name = change.substring(0, change.indexOf('=') + 1);
            fields.removeIf(f -> f.startsWith(name));
            if (!change.endsWith("=null")) {
                fields.add(change);
            }
        }
        return "{'" + String.join("','", fields).replace("=", "':'") + "'}";
    }

    private static final String ALL_FIELDS = "{'feedback_id':'z','inference_id':'i','image_uri':'u','camera_id':'c',"
            + "'captured_at':'2026-10-02T10:00:00Z','event_date':'2026-10-02','verdict':'CONFIRMED','label':'l',"
            + "'corrected_label':'l','reported_at':'2026-10-02T10:00:00Z'}";

    @ParameterizedTest
    @CsvSource({
        "feedback_id=null, feedback_id_null",
        "verdict=null, verdict_null",
        "verdict=GOOD, verdict_unknown",
        "verdict=false_positive, ",
        "reported_at=null, reported_at_null",
        "reported_at=today, reported_at_unparsable",
        "reported_at=2026-10-02T10:00:00, reported_at_without_zone",
        "inference_id=null, target_missing",
        "inference_id=null;image_uri=u, ",
        "inference_id=null;camera_id=c, target_missing",
        "verdict=MISSED;inference_id=null;camera_id=c, event_date_null",
        "verdict=MISSED;inference_id=null;camera_id=c;event_date=2026-10-01, ",
        "verdict=MISSED;inference_id=null;camera_id=c;captured_at=2026-10-01T23:00:00Z, ",
        "verdict=MISSED;inference_id=null;image_uri=u, ",
        "verdict=RELABELED, corrected_label_null",
        "verdict=RELABELED;corrected_label=dog, "
    })
    void aMarkSaysWhichRuleItBreaks(String changes, String reason) {
        List<String> reasons = new Sources(folder)
                .with("feedback/a.json", mark(changes.split(";", -1)), ALL_FIELDS)
                .feedback(JSON)
                .arrivedOn(DayRange.of(DAY))
                .filter("coalesce(feedback_id, '') <> 'z'")
                .select("reject_reason")
                .as(Encoders.STRING())
                .collectAsList();

        assertThat(reasons).containsExactly(reason);
    }

    @Test
    void aDayHoldsTheMarksThatArrivedOnItByTheUtcClockOrByTheMappedDay() {
        Sources sources = new Sources(folder)
                .with(
                        "feedback/a.json",
                        mark("feedback_id=a", "reported_at=2026-10-02T00:00:00Z"),
                        mark("feedback_id=b", "reported_at=2026-10-02T23:59:59Z"),
                        mark("feedback_id=c", "reported_at=2026-10-02T01:00:00+02:00"),
                        mark("feedback_id=d", "reported_at=2026-10-02T10:00:00Z", "reported_date=2026-10-05"));

        assertThat(ids(sources.feedback(JSON), DAY)).containsExactly("a", "b");
        assertThat(ids(sources.feedback(JSON), DAY.minusDays(1))).containsExactly("c");
        assertThat(ids(sources.feedback(JSON), DAY.plusDays(3))).containsExactly("d");
    }

    private static List<String> ids(FeedbackLog log, LocalDate day) {
        return log.seenOn(DayRange.of(day), 0)
                .sort("feedback_id")
                .select("feedback_id")
                .as(Encoders.STRING())
                .collectAsList();
    }

    @Test
    void theDayOfTheImageComesFromItsTimeWhereItIsNotGiven() {
        assertThat(new Sources(folder)
                        .with(
                                "feedback/a.json",
                                mark("feedback_id=a", "captured_at=2026-09-30T23:00:00Z"),
                                mark("feedback_id=b", "captured_at=2026-09-30T23:00:00Z", "event_date=2026-10-01"),
                                mark("feedback_id=c"))
                        .feedback(JSON)
                        .seenOn(DayRange.of(DAY), 0)
                        .sort("feedback_id")
                        .selectExpr("concat_ws(' ', feedback_id, event_date)")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("a 2026-09-30", "b 2026-10-01", "c");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void ofARepeatedIdTheFirstArrivalCountsForAnyPartitioning(int partitions) {
        List<String> marks = List.of(
                mark("reported_at=2026-10-02T12:00:00Z", "verdict=FALSE_POSITIVE"),
                mark("reported_at=2026-10-02T09:00:00Z", "source=first"),
                mark("reported_at=2026-10-03T09:00:00Z", "verdict=MISSED"),
                mark("feedback_id=f2", "label=x"),
                mark("feedback_id=f2", "corrected_label=x"),
                mark("feedback_id=f3", "verdict=NONSENSE"),
                mark("feedback_id=f3", "reported_at=2026-10-02T11:00:00Z"));
        SparkExtension.session()
                .createDataset(marks.stream().map(m -> m.replace('\'', '"')).toList(), Encoders.STRING())
                .repartition(partitions)
                .write()
                .text(folder.resolve("feedback").toString());
        FeedbackLog log = new Sources(folder).feedback(JSON);

        assertThat(log.seenOn(DayRange.of(DAY.plusDays(1)), 1)
                        .selectExpr("concat_ws(' ', feedback_id, verdict, hour(reported_at), source, label,"
                                + " 'right:' || corrected_label)")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactlyInAnyOrder("f1 CONFIRMED 9 first", "f2 CONFIRMED 10 right:x", "f3 CONFIRMED 11");
    }

    @Test
    void aMarkWithoutADayIsRejectedOnEveryDayThatReadsItsFile() {
        FeedbackLog log = new Sources(folder)
                .with("feedback/a.json", mark("reported_at=soon"), mark("feedback_id=f2"), "{'feedback_id':'f3', 'ver")
                .feedback(JSON);

        for (LocalDate day : List.of(DAY, DAY.plusDays(9))) {
            assertThat(log.arrivedOn(DayRange.of(day))
                            .filter("reject_reason is not null")
                            .select("reject_reason")
                            .as(Encoders.STRING())
                            .collectAsList())
                    .containsExactlyInAnyOrder("reported_at_unparsable", "feedback_id_null");
        }
    }

    @Test
    void aMarkWhoseMappedDayIsUnreadableArrivesWhenItWasReported() {
        FeedbackLog log = new Sources(folder)
                .with(
                        "feedback/a.json",
                        mark("reported_date=2nd of October"),
                        mark("feedback_id=f2", "reported_date=2026-10-02"))
                .feedback(JSON);

        assertThat(ids(log, DAY)).containsExactly("f1", "f2");
        assertThat(ids(log, DAY.plusDays(1))).isEmpty();
    }

    @Test
    void withoutFeedbackThereAreNoFiles() {
        FeedbackLog log = new Sources(folder).feedback("");

        assertThat(log.present()).isFalse();
        assertThat(log.day(DAY).files()).isZero();
    }
}
