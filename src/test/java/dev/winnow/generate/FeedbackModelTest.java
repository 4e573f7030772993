package dev.winnow.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.generate.Report.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FeedbackModelTest {
    private static final FleetSettings SETTINGS = FleetSettings.defaults();
    private static final double MICROS_PER_DAY = 86_400e6;

    private record Answer(Frame frame, List<Report> reports) {}

    private static final List<Answer> ANSWERS = new ArrayList<>();
    private static long alarms;

    @BeforeAll
    static void askEveryone() {
        FrameModel model = new FrameModel(SETTINGS);
        for (long row = 0; row < SETTINGS.inferences(); row++) {
            Frame frame = model.at(row);
            alarms += frame.predicted() == null ? 0 : 1;
            List<Report> reports = FeedbackModel.on(frame);
            if (!reports.isEmpty()) {
                assertThat(FeedbackModel.isPossible(model.hashOf(row))).isTrue();
                ANSWERS.add(new Answer(frame, reports));
            }
        }
    }

    @Test
    void aboutTwoPercentOfAlarmsAreJudged() {
        long judged = ANSWERS.stream()
                .filter(answer -> answer.frame().predicted() != null)
                .count();

        assertThat(judged / (double) alarms).isBetween(0.014, 0.027);
    }

    @Test
    void wrongAlarmsAreMarkedFarMoreOftenThanCorrectOnesAreConfirmed() {
        long wrong =
                ANSWERS.stream().filter(answer -> answer.frame().isFalseAlarm()).count();
        long confirmed = count(report -> report.verdict() == Verdict.CONFIRMED);

        assertThat(wrong).isGreaterThan(confirmed);
        assertThat(confirmed).isGreaterThan(100);
    }

    @Test
    void sitesAnswerInTheirWay() {
        for (Answer answer : ANSWERS) {
            SiteTier tier = answer.frame().scene().camera().site().tier();
            assertThat(tier).isNotEqualTo(SiteTier.SILENT);
            if (tier == SiteTier.COMPLAINS) {
                assertThat(answer.reports().get(0).verdict()).isNotEqualTo(Verdict.CONFIRMED);
            }
        }
    }

    @Test
    void everyKindOfFeedbackOccurs() {
        assertThat(count(report -> report.verdict() == Verdict.FALSE_POSITIVE)).isPositive();
        assertThat(count(report -> report.verdict() == Verdict.RELABELED && report.correctedLabel() != null))
                .isPositive();
        assertThat(count(report -> report.verdict() == Verdict.MISSED && report.inferenceId() != null))
                .isPositive();
        assertThat(count(report -> report.verdict() == Verdict.MISSED
                        && report.inferenceId() == null
                        && report.imageUri() != null))
                .isPositive();
        assertThat(count(report -> report.verdict() == Verdict.MISSED
                        && report.inferenceId() == null
                        && report.imageUri() == null
                        && report.capturedMicros() != null))
                .isPositive();
        assertThat(count(report -> report.capturedMicros() == null)).isPositive();
    }

    @Test
    void someAreDeliveredTwiceSomeChangedSomeUnknown() {
        long twice = 0;
        long changed = 0;
        long unknown = 0;
        for (Answer answer : ANSWERS) {
            Set<String> ids = new HashSet<>();
            Set<Verdict> verdicts = new HashSet<>();
            for (Report report : answer.reports()) {
                twice += ids.add(report.id()) ? 0 : 1;
                boolean known = report.inferenceId() == null
                        || report.inferenceId().equals(answer.frame().inferenceId());
                unknown += known ? 0 : 1;
                if (known) {
                    verdicts.add(report.verdict());
                }
            }
            changed += verdicts.size() > 1 ? 1 : 0;
        }

        assertThat(twice).isPositive().isLessThan(ANSWERS.size() / 20);
        assertThat(changed).isPositive().isLessThan(ANSWERS.size() / 20);
        assertThat(unknown).isPositive().isLessThan(ANSWERS.size() / 50);
    }

    @Test
    void feedbackArrivesWithinTheHorizonAndMarksBeforeConfirmations() {
        Map<Verdict, List<Double>> delays = new EnumMap<>(Verdict.class);
        for (Answer answer : ANSWERS) {
            for (Report report : answer.reports()) {
                double days = (report.reportedMicros() - answer.frame().capturedMicros()) / MICROS_PER_DAY;
                assertThat(days).isBetween(0.0, (double) FeedbackModel.HORIZON_DAYS);
            }
            Report first = answer.reports().get(0);
            delays.computeIfAbsent(first.verdict(), verdict -> new ArrayList<>())
                    .add((first.reportedMicros() - answer.frame().capturedMicros()) / MICROS_PER_DAY);
        }

        assertThat(mean(delays, Verdict.FALSE_POSITIVE) + 1).isLessThan(mean(delays, Verdict.CONFIRMED));
    }

    @Test
    void brokenRowsAreNotJudged() {
        assertThat(ANSWERS)
                .allSatisfy(answer -> assertThat(answer.frame().defect()).isEqualTo(Frame.Defect.NONE));
    }

    private static double mean(Map<Verdict, List<Double>> delays, Verdict verdict) {
        return delays.getOrDefault(verdict, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    private static long count(Predicate<Report> wanted) {
        return ANSWERS.stream()
                .flatMap(answer -> answer.reports().stream())
                .filter(wanted)
                .count();
    }
}
