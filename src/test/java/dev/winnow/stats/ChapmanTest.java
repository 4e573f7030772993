package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ChapmanTest {
    @Test
    void totalsEqualThePublishedOnes() {
        Chapman events = Chapman.of(200, 50, 20);

        assertThat(events.total()).isCloseTo(487.142857, within(5.1e-7));
        assertThat(events.standardError()).isCloseTo(75.5352, within(5.1e-5));
    }

    @Test
    void aSourceThatSawAllLeavesNothingOpen() {
        assertThat(Chapman.of(100, 40, 40)).isEqualTo(new Chapman(100, 0));
        assertThat(Chapman.of(0, 0, 0)).isEqualTo(new Chapman(0, 0));
    }

    @Test
    void withoutACommonEventTheTotalIsStillFinite() {
        assertThat(Chapman.of(10, 9, 0).total()).isEqualTo(109);
    }

    @Test
    void moreCommonEventsThanASourceHasAreRefused() {
        assertThatThrownBy(() -> Chapman.of(5, 9, 6)).hasMessage("Expected 0 <= both <= either source, got 5, 9, 6");
    }
}
