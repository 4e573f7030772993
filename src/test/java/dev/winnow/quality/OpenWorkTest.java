package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.TeamSettings;
import dev.winnow.config.TeamSettings.Limit;
import dev.winnow.ports.EarlierRounds.Open;
import dev.winnow.runtime.TeamRoom;
import org.junit.jupiter.api.Test;

class OpenWorkTest {
    private static final Limit NONE = new Limit(0, 0);

    /** 100 answers are open, 900 were asked for this week and 2,000 this month; an answer takes 30 seconds. */
    private static OpenWork work(int answers, Limit week, Limit month) {
        TeamSettings team = new TeamSettings(answers, 0, week, month, 3, 20, 30, false);
        return new OpenWork(new TeamRoom(team, new Open(100, 50, 30, 900, 2_000)));
    }

    @Test
    void bulkQaAsksNoMoreThanIsLeftOfTheWeekTheMonthAndWhatMayBeOpen() {
        assertThat(work(110, NONE, NONE).take(50, 2)).isEqualTo(5);
        assertThat(work(110, new Limit(906, 0), NONE).take(50, 2)).isEqualTo(3);
        assertThat(work(110, new Limit(906, 0), new Limit(0, 1_001)).take(50, 2))
                .as("two answers of 30 seconds")
                .isEqualTo(1);
        assertThat(work(110, new Limit(800, 0), NONE).take(50, 2)).isZero();
        assertThat(work(0, NONE, NONE).takeAll(1_000_000, 9)).isTrue();
    }

    @Test
    void whatDoesNotFitIsSaidWithTheLimitsThatHold() {
        OpenWork work = work(0, new Limit(906, 0), NONE);
        assertThat(work.takeAll(4, 2)).isFalse();
        assertThat(work.takeAll(3, 2))
                .as("nothing was taken by what did not fit")
                .isTrue();
        assertThat(work.reason())
                .isEqualTo("the team still has 100 answers open, 50 minutes of work, and labeling.week.answers is 906,"
                        + " 900 of it asked for");
    }
}
