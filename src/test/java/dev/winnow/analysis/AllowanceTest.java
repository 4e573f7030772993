package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Spent;
import dev.winnow.config.ModelSettings.Limit;
import dev.winnow.config.ModelSettings.Limits;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowanceTest {
    @ParameterizedTest
    @CsvSource({
        "1, 100, 100, 9, 9, 9, the limit of 1 calls a run is used up",
        "100, 11, 100, 9, 9, 9, the limit of 11 calls a week is used up",
        "100, 100, 21, 9, 9, 9, the limit of 21 calls a month is used up",
        "100, 100, 100, 1.5, 9, 9, the limit of 1.50 dollars a run is used up",
        "100, 100, 100, 9, 2.5, 9, the limit of 2.50 dollars a week is used up",
        "100, 100, 100, 9, 9, 3.5, the limit of 3.50 dollars a month is used up",
    })
    void eachLimitHoldsForItself(
            int run, int week, int month, double runDollars, double weekDollars, double monthDollars, String sentence) {
        Limits limits = new Limits(
                new Limit(run, runDollars), new Limit(week, weekDollars), new Limit(month, monthDollars), false);
        History history =
                new History(Map.of(), Map.of(), new Spent(0, 0), new Spent(10, 1_000_000), new Spent(20, 2_000_000));
        Allowance allowance = new Allowance(limits, history);

        assertThat(allowance.against(1_000_000)).isEmpty();
        allowance.reserve(1_000_000);
        assertThat(allowance.against(1_000_000)).contains(sentence);
    }

    @Test
    void anAnswerFreesWhatItDidNotCostAndACallThatWasNotMadeCostsNothing() {
        Limit limit = new Limit(2, 1);
        Allowance allowance = new Allowance(
                new Limits(limit, limit, limit, false),
                new History(Map.of(), Map.of(), new Spent(0, 0), new Spent(0, 0), new Spent(0, 0)));
        allowance.reserve(900_000);
        assertThat(allowance.against(200_000)).isPresent();
        allowance.cost(900_000, 100_000);
        assertThat(allowance.against(900_000)).isEmpty();
        allowance.reserve(900_000);
        assertThat(allowance.against(0)).contains("the limit of 2 calls a run is used up");
        allowance.release(900_000);
        assertThat(allowance.against(900_000)).isEmpty();
    }
}
