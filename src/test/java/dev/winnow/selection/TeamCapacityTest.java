package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.TeamSettings;
import dev.winnow.ports.EarlierRounds.Open;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeamCapacityTest {
    /** 100 answers and 50 minutes are open; an answer takes 30 seconds. */
    @ParameterizedTest
    @CsvSource({
        "  0,   0, 1, 9223372036854775807",
        "160,   0, 1, 60",
        "160,   0, 3, 20",
        "161,   0, 3, 20",
        " 99,   0, 1, 0",
        "  0,  60, 1, 20",
        "  0,  60, 3, 6",
        "  0,  50, 1, 0",
        "110,  60, 1, 10",
        "160,  52, 1, 4"
    })
    void whatIsOpenAndWhatIsNewFitTheLimitsTogether(int answers, int minutes, int perItem, long images) {
        TeamSettings team = new TeamSettings(answers, minutes, perItem, 20, 30, false);
        assertThat(TeamCapacity.images(team, new Open(100, 50, 30))).isEqualTo(images);
    }

    @Test
    void budgetsAreSplitByTheLargestRemainderAndLeftAloneWhereTheyFit() {
        Map<String, Integer> budgets = Map.of("a", 50, "b", 30, "c", 20);
        assertThat(TeamCapacity.budgets(budgets, 100)).isEqualTo(budgets);
        assertThat(TeamCapacity.budgets(budgets, 11)).isEqualTo(Map.of("a", 6, "b", 3, "c", 2));
        assertThat(TeamCapacity.budgets(budgets, 0)).isEqualTo(Map.of("a", 0, "b", 0, "c", 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theSumIsExactAndNobodyGetsMoreThanTheBudget(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Map<String, Integer> budgets = new TreeMap<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                budgets.put("u" + i, random.nextInt(1_000_000));
            }
            long total = budgets.values().stream().mapToLong(b -> b).sum();
            long images = random.nextLong(total + 10);
            Map<String, Integer> parts = TeamCapacity.budgets(budgets, images);
            assertThat(parts.values().stream().mapToLong(b -> b).sum()).isEqualTo(Math.min(total, images));
            assertThat(parts).allSatisfy((useCase, part) -> assertThat(part).isBetween(0, budgets.get(useCase)));
        }
    }
}
