package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.TeamSettings;
import dev.winnow.config.TeamSettings.Limit;
import dev.winnow.ports.EarlierRounds.Open;
import dev.winnow.runtime.TeamRoom;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeamCapacityTest {
    private static final Limit NONE = new Limit(0, 0);

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
        TeamSettings team = new TeamSettings(answers, minutes, NONE, NONE, perItem, 20, 30, false);
        assertThat(TeamCapacity.images(new TeamRoom(team, new Open(100, 50, 30, 900, 2_000))))
                .isEqualTo(images);
    }

    /** 900 answers were asked for this week, 2,000 this month; an answer takes 30 seconds. */
    @ParameterizedTest
    @CsvSource({
        "1000,    0,    0,    0, 100",
        "   0,  470,    0,    0, 40",
        "   0,    0, 2050,    0, 50",
        "   0,    0,    0, 1010, 20",
        "1000,    0, 2050, 1010, 20",
        " 900,    0, 9000, 9000, 0"
    })
    void whatAWeekAndAMonthAskForIsLimitedToo(int week, int weekMinutes, int month, int monthMinutes, long images) {
        TeamSettings team =
                new TeamSettings(0, 0, new Limit(week, weekMinutes), new Limit(month, monthMinutes), 1, 20, 30, false);
        assertThat(team.isLimited()).isTrue();
        TeamRoom room = new TeamRoom(team, new Open(100, 50, 30, 900, 2_000));
        assertThat(TeamCapacity.images(room)).isEqualTo(images);
        if (week == 1_000 && month == 0) {
            assertThat(TeamCapacity.sentence(room, 300, images))
                    .isEqualTo("The team still has 100 answers open, 50 minutes of work, and labeling.week.answers is"
                            + " 1,000, 900 of it asked for: 100 of a budget of 300 images may be selected");
        }
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
