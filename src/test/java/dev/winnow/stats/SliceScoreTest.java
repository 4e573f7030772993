package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SliceScoreTest {
    private final SliceScore score = new SliceScore(1000, 100, 0.95);

    @Test
    void allRowsScoreZero() {
        assertThat(score.of(1000, 100)).isZero();
    }

    @Test
    void errorsRaiseTheScoreAndSmallnessLowersIt() {
        // .95 (.3 / .1 - 1) - .05 (1000 / 100 - 1) = 1.9 - .45
        assertThat(score.of(100, 30)).isCloseTo(1.45, within(1e-12));
        assertThat(score.of(50, 15)).isCloseTo(.95, within(1e-12));
        assertThat(score.of(100, 0)).isCloseTo(-1.4, within(1e-12));
        assertThat(new SliceScore(1000, 100, 1).of(1, 1)).isCloseTo(9, within(1e-12));
    }

    @Test
    void theBoundIsTheScoreOfTheBestSliceImaginable() {
        // 30 of 100 wrong: at best a slice of exactly those 30 rows.
        assertThat(score.upperBound(100, 30, 1, 10)).isEqualTo(score.of(30, 30));
        // With a support of 50 the best has 30 wrong of 50.
        assertThat(score.upperBound(100, 30, 1, 50)).isEqualTo(score.of(50, 30));
        // Smallness costs more than the errors bring: the parent itself.
        assertThat(new SliceScore(1000, 100, 0.1).upperBound(100, 30, 1, 10))
                .isEqualTo(new SliceScore(1000, 100, 0.1).of(100, 30));
    }

    @Test
    void theSmallestErrorLimitCanBeThatOfAnotherParent() {
        // 90 wrong by up to .5 each need 180 rows, but one parent has 100 only.
        assertThat(score.upperBound(100, 90, .5, 10)).isEqualTo(score.of(100, 50));
    }

    @Test
    void aSliceThatCanNotReachTheSupportScoresNothing() {
        assertThat(score.upperBound(9, 9, 1, 10)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void withoutErrorsInAParentTheLargestSliceLosesLeast() {
        assertThat(score.upperBound(100, 0, 0, 10)).isEqualTo(score.of(100, 0));
    }

    @Test
    void argumentsOutsideOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new SliceScore(1000, 0, 0.95)).hasMessageContaining("got 1000.0, 0.0, 0.95");
        assertThatThrownBy(() -> new SliceScore(1000, 1, 1.1)).hasMessageContaining("got 1000.0, 1.0, 1.1");
        assertThatThrownBy(() -> score.of(0, 0)).hasMessage("Expected size > 0 and errors >= 0, got 0.0 and 0.0");
        assertThatThrownBy(() -> score.upperBound(10, 1, 1, 0)).hasMessageContaining("got 0.0, 1.0, 1.0");
        assertThatThrownBy(() -> score.upperBound(10, Double.NaN, 1, 1)).hasMessageContaining("got 1.0, NaN, 1.0");
    }
}
