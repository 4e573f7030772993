package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Intent;
import dev.winnow.analysis.CallLedger.Made;
import dev.winnow.analysis.CallLedger.Outcome;
import dev.winnow.analysis.CallLedger.Spent;
import dev.winnow.ports.ModelFailure;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.Stage;
import dev.winnow.ports.VisionModel.Answer;
import dev.winnow.ports.VisionModel.Form;
import dev.winnow.ports.VisionModel.Usage;
import dev.winnow.testing.Countdown;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.MemoryObjects;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallLedgerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 4); // a Wednesday
    private static final String ROOT = "/analysis/p";

    private final MemoryObjects objects = new MemoryObjects();

    @Test
    void anIntentWithoutOutcomeIsLostAndChargedWithTheMostItMayCost() {
        CallLedger ledger = ledger();
        Intent answered = intent(ledger, "a", null);
        Intent lost = intent(ledger, "b", null);
        ledger.intend(DAY, List.of(answered, lost));
        ledger.settle(DAY, List.of(answer(answered, 30)));

        History history = ledger().history(DAY, Set.of("a", "b"));

        assertThat(history.today()).containsOnlyKeys("a", "b");
        assertThat(history.today().get("a")).containsExactly(new Made(answered, answer(answered, 30)));
        assertThat(history.today().get("b")).containsExactly(new Made(lost, null));
        assertThat(history.day()).isEqualTo(new Spent(2, 130));
    }

    @Test
    void foldingLeavesOneObjectOfCallsAndTheSameHistory() {
        CallLedger ledger = ledger();
        for (String key : List.of("a", "b", "a")) {
            Intent intent = intent(ledger, key, null);
            ledger.intend(DAY, List.of(intent));
            ledger.settle(DAY, List.of(Outcome.failed(intent.call(), false, 0, ModelFailure.Kind.THROTTLED, "429")));
        }
        Intent waits = intent(ledger, "c", "job");
        ledger.intend(DAY, List.of(waits));
        History before = ledger().history(DAY, Set.of("a"));

        ledger.fold(DAY);

        assertThat(objects.list(ROOT))
                .containsExactly(ROOT + "/calls/2026-11-04/calls.jsonl", ROOT + "/calls/2026-11-04/summary.json");
        assertThat(ledger().history(DAY, Set.of("a"))).isEqualTo(before);
        assertThat(before.today().get("a")).hasSize(2);
        assertThat(ledger().spent(DAY)).isEqualTo(new Spent(4, 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void aFoldThatIsKilledForgetsNothingAndCountsNothingTwice(int write) {
        CallLedger ledger = ledger();
        for (String key : List.of("a", "b")) {
            Intent intent = intent(ledger, key, null);
            ledger.intend(DAY, List.of(intent));
            ledger.settle(DAY, List.of(answer(intent, 10)));
        }
        History before = ledger().history(DAY, Set.of());
        CallLedger dying = new CallLedger(new FailingObjects(objects, new Countdown(write)), ROOT, () -> {});
        assertThatThrownBy(() -> dying.fold(DAY)).hasMessageStartingWith("killed at write");

        assertThat(ledger().history(DAY, Set.of())).isEqualTo(before);
        assertThat(ledger().history(DAY.plusDays(1), Set.of("a")).otherDays().get("a"))
                .hasSize(1);
        assertThat(ledger().history(DAY.plusDays(1), Set.of()).restOfWeek()).isEqualTo(new Spent(2, 20));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aFoldChangesNothingAfterTheLeaseIsLost(int writes) {
        for (String key : List.of("a", "b")) {
            CallLedger ledger = ledger();
            ledger.intend(DAY, List.of(intent(ledger, key, null)));
        }
        Countdown next = new Countdown(writes + 1);
        CallLedger ledger = new CallLedger(new FailingObjects(objects, next), ROOT, () -> {
            if (next.writes() == writes) {
                throw ServiceException.passing("lease lost", null);
            }
        });
        assertThatThrownBy(() -> ledger.fold(DAY)).hasMessage("lease lost");
        assertThat(next.writes()).isEqualTo(writes);
    }

    @Test
    void weeksAndMonthsAreOfRunDatesAndOthersAreNotCounted() {
        CallLedger ledger = ledger();
        for (String date :
                List.of("2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09", "2026-10-31", "2025-11-04")) {
            Intent intent = intent(ledger, date, null);
            ledger.intend(LocalDate.parse(date), List.of(intent));
            ledger.settle(LocalDate.parse(date), List.of(answer(intent, 1)));
        }
        History history = ledger.history(DAY, Set.of());

        assertThat(history.restOfWeek()).isEqualTo(new Spent(2, 2)); // Monday 2 and Sunday 8
        assertThat(history.restOfMonth()).isEqualTo(new Spent(4, 4));
        assertThat(history.day()).isEqualTo(new Spent(0, 0));
    }

    @Test
    void otherDaysAreKnownByKeyWithAllTheirCallsTheEarliestFirst() {
        CallLedger ledger = ledger();
        Intent lost = intent(ledger, "a", null);
        ledger.intend(DAY.minusDays(3), List.of(lost));
        Intent answered = intent(ledger, "a", null);
        ledger.intend(DAY.minusDays(2), List.of(answered));
        ledger.settle(DAY.minusDays(2), List.of(answer(answered, 5)));
        Intent failed = intent(ledger, "b", null);
        ledger.intend(DAY.minusDays(2), List.of(failed));
        ledger.settle(
                DAY.minusDays(2),
                List.of(Outcome.failed(failed.call(), false, 0, ModelFailure.Kind.OVERLOADED, "503")));
        Intent foreign = intent(ledger, "c", null);
        ledger.intend(DAY.minusDays(2), List.of(foreign));

        History history = ledger().history(DAY, Set.of("a", "b"));

        assertThat(history.otherDays()).containsOnlyKeys("a");
        assertThat(history.otherDays().get("a"))
                .containsExactly(new Made(lost, null), new Made(answered, answer(answered, 5)));
        assertThat(history.today()).isEmpty();
    }

    @Test
    void aLongAnswerIsCutOneCharacterBehindWhatIsRead() {
        CallLedger ledger = ledger();
        Intent intent = intent(ledger, "a", null);
        ledger.intend(DAY, List.of(intent));
        ledger.settle(
                DAY,
                List.of(Outcome.answered(
                        intent.call(),
                        new Answer(Form.TOOL, "x".repeat(10_000_000), "tool_use", new Usage(1, 2)),
                        3,
                        4L)));
        List<Made> made = Objects.requireNonNull(ledger().calls(DAY).get("a"));
        Outcome stored = Objects.requireNonNull(made.get(0).outcome());
        assertThat(stored.content()).hasSize(Answers.LONGEST + 1);
        assertThat(stored.inputTokens()).isEqualTo(1);
        assertThat(stored.latencyMillis()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/calls/2026-11-04/calls.jsonl", "/calls/notes/a.txt"})
    void whatSomebodyElsePutThereIsNamed(String name) {
        objects.put(ROOT + name, "not JSON\n");
        assertThatThrownBy(() -> ledger().history(DAY, Set.of()))
                .isInstanceOf(ServiceException.class)
                .hasMessageStartingWith("Could not read the stored calls in " + ROOT + name);
    }

    @Test
    void whatWasPaidIsCountedAsItComesAndWhatNobodyChargedIsNot() {
        CallLedger ledger = ledger();
        List<Intent> intents = List.of(intent(ledger, "a", null), intent(ledger, "b", null), intent(ledger, "c", null));
        ledger.intend(DAY, intents);
        assertThat(ledger.paid()).isEqualTo(Stage.Paid.NOTHING);

        ledger.settle(
                DAY,
                List.of(
                        answer(intents.get(0), 30),
                        Outcome.failed(intents.get(1).call(), false, 0, ModelFailure.Kind.OVERLOADED, "throttled"),
                        Outcome.failed(intents.get(2).call(), true, 100, ModelFailure.Kind.BROKEN, "lost")));
        ledger.fold(DAY);

        assertThat(ledger.paid()).isEqualTo(new Stage.Paid(2, 1, 2, 130));
        assertThat(ledger().paid()).as("what others paid").isEqualTo(Stage.Paid.NOTHING);
    }

    private CallLedger ledger() {
        return new CallLedger(objects, ROOT, () -> {});
    }

    private static Intent intent(CallLedger ledger, String key, @Nullable String job) {
        return new Intent(ledger.newCall(), key, "model", "1-abc", 1_200, 100, job);
    }

    private static Outcome answer(Intent intent, long cost) {
        return Outcome.answered(intent.call(), new Answer(Form.TOOL, "{}", "tool_use", new Usage(1, 2)), cost, 7L);
    }
}
