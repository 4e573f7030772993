package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.candidates.RiskModel.Effect;
import dev.winnow.candidates.RiskModel.Judged;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.stats.AdditiveLogit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RiskModelTest {
    private static Judged judged(String label, String light, int bin, long wrong, long all) {
        return new Judged(label, List.of(light), bin, wrong, all);
    }

    private static RiskModel learn(List<Judged> alarms) {
        return RiskModel.learn(List.of("light"), alarms);
    }

    private static Effect effect(RiskModel model, String factor, String value) {
        return model.effects().stream()
                .filter(effect ->
                        effect.factor().equals(factor) && effect.value().equals(value))
                .findFirst()
                .orElseThrow();
    }

    private static double logOdds(RiskModel model, String factor, String value) {
        return Objects.requireNonNull(effect(model, factor, value).logOdds());
    }

    @Test
    void withoutJudgedAlarmsNothingIsKnown() {
        assertThat(learn(List.of())).isEqualTo(RiskModel.NOTHING);
    }

    @Test
    void aClassWithFewJudgedAlarmsKeepsPlainConfidence() {
        RiskModel model = learn(List.of(judged("bag", "day", 10, 40, 50), judged("knife", "day", 10, 40, 49)));
        assertThat(model.curves()).containsOnlyKeys("bag");
        assertThat(effect(model, RiskModel.LABEL, "knife").logOdds()).isNull();
        assertThat(effect(model, RiskModel.LABEL, "knife").judged()).isEqualTo(49);
        assertThat(logOdds(model, RiskModel.LABEL, "bag")).isPositive();
    }

    @Test
    void confidenceThatMeansWhatItSaysIsLeftAlone() {
        List<Judged> alarms = new ArrayList<>();
        for (int bin = 0; bin < ExposureDaily.BINS; bin++) {
            alarms.add(judged("bag", "day", bin, 39 - 2L * bin, 40)); // (39 - 2 bin) / 40 = 1 - center
        }
        RiskModel model = learn(alarms);
        assertThat(Objects.requireNonNull(model.curves().get("bag")))
                .allSatisfy(correction -> assertThat(correction).isCloseTo(0, within(1e-6)));
        Effect all = effect(model, RiskModel.ALL, "");
        assertThat(all.wrong()).isEqualTo(400);
        assertThat(all.expected()).isCloseTo(400, within(1e-9));
    }

    @Test
    void theMoreConfidentAlarmIsNeverTheRiskierOneEvenWhereItWasWrongMoreOften() {
        RiskModel model = learn(List.of(judged("bag", "day", 5, 20, 400), judged("bag", "day", 15, 380, 400)));
        List<Double> curve = Objects.requireNonNull(model.curves().get("bag"));
        for (int bin = 1; bin < curve.size(); bin++) {
            assertThat(RiskModel.plain(RiskModel.center(bin)) + curve.get(bin))
                    .isLessThan(RiskModel.plain(RiskModel.center(bin - 1)) + curve.get(bin - 1));
        }
    }

    @Test
    void whatTheNightDoesIsNotPutDownToTheClassThatIsSeenAtNight() {
        List<Judged> alarms = new ArrayList<>();
        alarms.add(judged("owl", "night", 10, 1_600, 2_000));
        alarms.add(judged("owl", "day", 10, 100, 200));
        alarms.add(judged("bag", "night", 10, 160, 200));
        alarms.add(judged("bag", "day", 10, 1_000, 2_000));
        RiskModel model = learn(alarms);
        assertThat(logOdds(model, "light", "night") - logOdds(model, "light", "day"))
                .isCloseTo(AdditiveLogit.logOdds(0.8), within(0.15));
        assertThat(logOdds(model, RiskModel.LABEL, "owl") - logOdds(model, RiskModel.LABEL, "bag"))
                .isCloseTo(0, within(0.15));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theOrderOfAlarmsChangesNothing(long seed) {
        Random random = new Random(seed);
        List<Judged> alarms = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int all = 1 + random.nextInt(9);
            alarms.add(judged(
                    "l" + random.nextInt(3),
                    "v" + random.nextInt(12),
                    random.nextInt(20),
                    random.nextInt(all + 1),
                    all));
        }
        RiskModel once = learn(alarms);
        Collections.shuffle(alarms, random);
        assertThat(learn(alarms)).isEqualTo(once);
    }
}
