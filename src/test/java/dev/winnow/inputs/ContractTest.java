package dev.winnow.inputs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContractTest {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");

    private static Optional<String> breach(long read, long rejected, Undated undated) {
        return Contract.breach("inferences", DAY, read, Map.of("why", rejected), 0.001, () -> undated);
    }

    @Test
    void rejectsOfADayAreHeldAgainstTheDay() {
        assertThat(breach(100_000, 50, Undated.NONE)).isEmpty();
        assertThat(breach(100_000, 500, Undated.NONE))
                .hasValue(
                        "inputs.inferences: 500 of 100,000 rows of 2026-10-01 break the contract ({why=500}), more than"
                                + " rejects.max-share = 0.001; nothing was written. Mend the data or the column mapping, or raise"
                                + " rejects.max-share");
    }

    @Test
    void aFewBadRowsOfASmallDayProveNothing() {
        assertThat(breach(900, 1, Undated.NONE)).isEmpty();
    }

    @Test
    void rowsOfNoDayInALongHistoryDoNotStopASmallDay() {
        assertThat(breach(1_100, 100, new Undated(100, 10_000_000))).isEmpty();
    }

    @Test
    void rowsOfNoDayDoNotHideTheBadRowsOfTheDay() {
        assertThat(breach(1_200, 200, new Undated(100, 10_000_000)))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("200 of 1,200 rows of 2026-10-01"));
    }

    @Test
    void tooManyRowsOfNoDayInTheWholeInputStopEveryDay() {
        assertThat(breach(1_100, 100, new Undated(100, 5_000)))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains("100 of 5,000 rows break the contract (no day can be read of them: {why=100})"));
        assertThat(breach(5_000, 5_000, new Undated(5_000, 5_000))).isPresent();
    }

    @Test
    void rowsOfNoDayAreCountedOnlyIfTheyDecide() {
        assertThat(Contract.breach("feedback", DAY, 10_000, Map.of(), 0.001, () -> {
                    throw new AssertionError("a pass for nothing");
                }))
                .isEmpty();
    }
}
