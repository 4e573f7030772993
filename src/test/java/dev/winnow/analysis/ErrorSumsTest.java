package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.stats.ClusterSums;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ErrorSumsTest {
    private static final StructType SHOWN = columns(ExposureDaily.TABLE.schema(), "shown");
    private static final StructType JUDGED =
            columns(VerdictDaily.TABLE.schema(), "false_positives", "relabeled", "confirmed", "missed");

    private static StructType columns(StructType all, String... counts) {
        StructType columns = new StructType();
        for (String name : List.of("use_case", "label", "camera_id")) {
            columns = columns.add(all.apply(name));
        }
        for (String name : counts) {
            columns = columns.add(all.apply(name));
        }
        return columns.add("dim_light", "string");
    }

    private static String shown(String useCase, String label, String camera, String light, int shown) {
        return "{'use_case':'%s','label':'%s','camera_id':'%s','dim_light':'%s','shown':%d}"
                .formatted(useCase, label, camera, light, shown);
    }

    private static String judged(
            String label, String camera, String light, int wrong, int relabeled, int confirmed, int missed) {
        return ("{'use_case':'u','label':'%s','camera_id':'%s','dim_light':'%s','false_positives':%d,'relabeled':%d,"
                        + "'confirmed':%d,'missed':%d}")
                .formatted(label, camera, light, wrong, relabeled, confirmed, missed);
    }

    private static Dataset<Row> byCamera(List<String> shown, List<String> judged) {
        return ErrorSums.byCamera(
                Frames.of(SHOWN, shown.toArray(String[]::new)),
                Frames.of(JUDGED, judged.toArray(String[]::new)),
                List.of("light"));
    }

    private static Map<String, ErrorSums.OfUseCase> sums(
            Dataset<Row> byCamera, Map<String, Boolean> byAlarms, String... names) {
        return ErrorSums.of(byCamera, Frames.of(ErrorSums.NAMES.schema(), names), byAlarms, 100);
    }

    private static String name(String useCase, String label, String name, boolean known) {
        return "{'use_case':'%s','label':'%s','name':'%s','known':%s}".formatted(useCase, label, name, known);
    }

    private static ClassErrors of(ErrorSums.OfUseCase sums, String at) {
        return sums.classes().stream()
                .filter(errors -> errors.at().text().equals(at))
                .findFirst()
                .orElseThrow(() -> new AssertionError(at + " is not among " + sums.classes()));
    }

    @Test
    void aVerdictThatIsTakenBackCountsNoMoreAndAMissIsATrialOfTheClassThatWasMissed() {
        Dataset<Row> byCamera = byCamera(
                List.of(shown("u", "bag", "c1", "day", 10), shown("u", "bag", "c2", "day", 10)),
                List.of(
                        judged("bag", "c1", "day", 3, 0, 0, 0),
                        judged("bag", "c1", "day", -1, 1, 2, 1),
                        judged("bag", "c2", "day", 0, 0, 4, 0)));
        ClassErrors bag = of(
                Objects.requireNonNull(sums(byCamera, Map.of("u", false), name("u", "bag", "bag", true))
                        .get("u")),
                "bag");
        assertThat(bag.alarms()).isEqualTo(20);
        assertThat(bag.wrong()).isEqualTo(3);
        assertThat(bag.missed()).isEqualTo(1);
        assertThat(bag.own()).isEqualTo(ClusterSums.of(4, 6).plus(ClusterSums.of(0, 4)));

        ClassErrors marks = of(
                Objects.requireNonNull(sums(byCamera, Map.of("u", true), name("u", "bag", "bag", true))
                        .get("u")),
                "bag");
        assertThat(marks.own())
                .as("alarms and misses")
                .isEqualTo(ClusterSums.of(4, 11).plus(ClusterSums.of(0, 10)));
    }

    @Test
    void missesOfAWordThatIsNoClassAreErrorsOfTheUseCaseAndNotOfTheOtherClasses() {
        Dataset<Row> byCamera = byCamera(
                List.of(shown("u", "bag", "c", "day", 10), shown("u", "knife", "c", "day", 10)),
                List.of(
                        judged("bag", "c", "day", 2, 0, 2, 0),
                        judged("knife", "c", "day", 1, 0, 4, 0),
                        judged("forklift", "c", "day", 0, 0, 0, 40),
                        judged("typo", "c", "day", 0, 0, 0, 1)));
        assertThat(ErrorSums.labels(byCamera, 3))
                .as("alarms first, then what is missed most")
                .isEqualTo(Map.of("u", Map.of("bag", true, "knife", true, "forklift", false)));
        ErrorSums.OfUseCase sums = Objects.requireNonNull(sums(
                        byCamera,
                        Map.of("u", false),
                        name("u", "bag", "bag", true),
                        name("u", "knife", "knife", true),
                        name("u", "forklift", "fork lift", false))
                .get("u"));
        assertThat(of(sums, "bag").rest()).isEqualTo(ClusterSums.of(1, 5));
        assertThat(of(sums, "fork lift").missed()).isEqualTo(40);
        assertThat(sums.all()).isEqualTo(ClusterSums.of(44, 50));
        assertThat(sums.classes()).extracting(errors -> errors.at().text()).doesNotContain("fork lift where light=day");
    }

    @Test
    void missesWithoutAFrameMakeNoCondition() {
        Dataset<Row> byCamera = byCamera(
                List.of(shown("u", "bag", "c", "day", 10)),
                List.of(judged("bag", "c", "__UNKNOWN__", 0, 0, 0, 30), judged("bag", "c", "__NULL__", 0, 0, 0, 3)));
        ErrorSums.OfUseCase sums =
                Objects.requireNonNull(sums(byCamera, Map.of("u", false), name("u", "bag", "bag", true))
                        .get("u"));
        assertThat(sums.classes()).extracting(errors -> errors.at().value()).containsExactly(null, "day");
        assertThat(of(sums, "bag").missed()).isEqualTo(33);
    }

    @Test
    void aUseCaseThatNobodyJudgedHasItsAlarmsAndNoTrials() {
        Dataset<Row> byCamera = byCamera(
                List.of(shown("u", "bag", "c", "day", 10), shown("new", "bag", "d", "day", 7)),
                List.of(judged("bag", "c", "day", 2, 0, 2, 0)));
        Map<String, ErrorSums.OfUseCase> sums = sums(
                byCamera,
                Map.of("u", false, "new", false),
                name("u", "bag", "bag", true),
                name("new", "bag", "bag", true));
        ErrorSums.OfUseCase unjudged = Objects.requireNonNull(sums.get("new"));
        assertThat(unjudged.all()).isEqualTo(ClusterSums.EMPTY);
        assertThat(of(unjudged, "bag").alarms()).isEqualTo(7);
        assertThat(of(unjudged, "bag").own()).isEqualTo(ClusterSums.EMPTY);
        assertThat(Objects.requireNonNull(sums.get("u")).all()).isEqualTo(ClusterSums.of(2, 4));
    }
}
