package dev.winnow.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.config.PilotSettings;
import dev.winnow.progress.AnswerPairs.Given;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PilotVerdictTest {
    private static final double LEVEL = 0.95;

    private static PilotSettings floors(double agreement, double alpha, double seconds) {
        return new PilotSettings(60, agreement, alpha, seconds, LEVEL);
    }

    /** Items of three answers, of which some are of one class and the others of two; classes take turns. */
    private static NavigableMap<String, List<Given>> items(int items, int unanimous, @Nullable Double seconds) {
        NavigableMap<String, List<Given>> byItem = new TreeMap<>();
        for (int i = 0; i < items; i++) {
            List<Given> answers = new ArrayList<>();
            for (int worker = 0; worker < 3; worker++) {
                boolean odd = i >= unanimous && worker == 2;
                String label = (i % 2 == 0) == odd ? "bag" : "knife";
                Double spent = seconds == null ? null : (Double) (seconds + i % 3);
                answers.add(new Given("CLASSIFICATION", label, null, spent));
            }
            byItem.put("i" + (1_000 + i), answers);
        }
        return byItem;
    }

    private static PilotVerdict verdict(PilotSettings floors, int items, int unanimous) {
        return PilotVerdict.of(floors, PilotEvidence.of(items(items, unanimous, 20.0), LEVEL));
    }

    @Test
    void agreementIsTheMeanShareOfPairsWithTheIntervalOfWilson() {
        PilotEvidence evidence = PilotEvidence.of(items(60, 45, 20.0), LEVEL);
        assertThat(evidence.items()).isEqualTo(60);
        assertThat(evidence.answers()).isEqualTo(180);
        assertThat(evidence.agreement()).isCloseTo((45 + 15 / 3.0) / 60, within(1e-12));
        // Wilson's for 50 of 60, by Newcombe (1998), method 3
        assertThat(Objects.requireNonNull(evidence.agreementRange()).low()).isCloseTo(0.7197, within(5e-4));
        assertThat(Objects.requireNonNull(evidence.agreementRange()).high()).isCloseTo(0.9069, within(5e-4));
        // By hand: of 180 answers 91 are of one class, and 15 items have a pair and a single answer, 2 coincidences
        // short.
        assertThat(evidence.alpha()).isCloseTo(1 - 30 * 179.0 / (180 * 180 - 91 * 91 - 89 * 89), within(1e-9));
        assertThat(evidence.seconds()).isCloseTo(21, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "60, 60, 0.90, RELEASED", //     1.00 (0.94 to 1.00)
        "60, 45, 0.70, RELEASED", //     0.83 (0.72 to 0.91)
        "60, 45, 0.80, INCONCLUSIVE", //
        "60, 45, 0.90, INCONCLUSIVE", // below the floor, but perhaps not
        "60, 45, 0.95, REFUSED", //
        "59, 59, 0.50, INCONCLUSIVE", // one item is missing
        "59, 0,  0.95, INCONCLUSIVE", // and fewer refuse nothing, either
    })
    void onlyWhatTheIntervalTellsIsDecided(int items, int unanimous, double floor, String state) {
        assertThat(verdict(floors(floor, 0, 0), items, unanimous).state()).isEqualTo(state);
    }

    @Test
    void theNumberMissingIsTheOneThatWouldTell() {
        PilotVerdict open = verdict(floors(0.8, 0, 0), 60, 45);
        assertThat(open.reason())
                .isEqualTo("60 items with at least 3 answers; agreement 0.83 (0.72 to 0.91), floor 0.80; about 494 more"
                        + " items would tell");
        // Wilson's lower bound is the floor f where n (p - f)^2 = z^2 f (1 - f): n = 3.8415 * 0.16 / 0.0333^2 = 553.2
        assertThat(open.missing()).isEqualTo(554 - 60);
        long needed = 60 + Objects.requireNonNull(open.missing());
        int unanimous = (int) Math.round(needed * 0.75);
        assertThat(verdict(floors(0.8, 0, 0), (int) needed + 4, unanimous + 3).state())
                .isEqualTo("RELEASED");
        assertThat(verdict(floors(0.8, 0, 0), (int) needed - 100, unanimous - 75)
                        .state())
                .isEqualTo("INCONCLUSIVE");
        assertThat(verdict(floors(0.5, 0, 0), 40, 40).missing()).isEqualTo(20);
        assertThat(verdict(floors(0.5, 0, 0), 0, 0).missing()).isEqualTo(60);
    }

    @Test
    void whatLiesOnTheFloorNoNumberTells() {
        PilotVerdict open = verdict(floors(1, 0, 0), 60, 60);
        assertThat(open.state()).isEqualTo("INCONCLUSIVE");
        assertThat(open.missing()).isNull();
        assertThat(open.reason()).endsWith("; no number of items like these would tell");
    }

    @Test
    void speedIsACeilingAndWithoutTimesNobodyKnows() {
        assertThat(verdict(floors(0.5, 0, 22), 60, 60).state()).isEqualTo("RELEASED");
        assertThat(verdict(floors(0.5, 0, 20), 60, 60).state()).isEqualTo("REFUSED");
        PilotVerdict near = verdict(floors(0.5, 0, 21.1), 60, 60);
        assertThat(near.state()).isEqualTo("INCONCLUSIVE");
        // The standard deviation is 0.8234, Student's t of 59 degrees 2.0010: (2.001 * 0.8234 / 0.1)^2 = 272 items.
        assertThat(near.missing()).isBetween(205L, 220L);
        PilotVerdict untimed = PilotVerdict.of(floors(0.5, 0, 30), PilotEvidence.of(items(60, 60, null), LEVEL));
        assertThat(untimed.state()).isEqualTo("INCONCLUSIVE");
        assertThat(untimed.reason()).contains("seconds an answer can't be told, ceiling 30.0");
    }

    @Test
    void alphaIsAFloorOfItsOwn() {
        assertThat(verdict(floors(0.5, 0.3, 0), 60, 45).state()).isEqualTo("RELEASED");
        assertThat(verdict(floors(0.5, 0.6, 0), 60, 45).state()).isEqualTo("INCONCLUSIVE");
        assertThat(verdict(floors(0.5, 0.95, 0), 60, 45).state()).isEqualTo("REFUSED");
        NavigableMap<String, List<Given>> one = items(60, 60, 20.0);
        one.replaceAll((item, answers) -> answers.stream()
                .map(given -> new Given("CLASSIFICATION", "bag", null, 1.0))
                .toList());
        PilotVerdict open = PilotVerdict.of(floors(0.5, 0.3, 0), PilotEvidence.of(one, LEVEL));
        assertThat(open.state()).as("all of one class: agreement by chance").isEqualTo("INCONCLUSIVE");
        assertThat(open.missing()).isNull();
    }
}
