package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.PostStratified.Arm;
import dev.winnow.stats.PostStratified.Segment;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PostStratifiedTest {
    private static Arm arm(long errors, long rows) {
        return new Arm(errors, rows, (double) rows);
    }

    @Test
    void anotherMixIsNoDifference() {
        // Both versions are wrong 10 % by day and 50 % at night; B saw more of the night.
        PostStratified same = PostStratified.of(
                List.of(new Segment(arm(80, 800), arm(20, 200)), new Segment(arm(100, 200), arm(400, 800))), 0.95);

        assertThat(same.difference()).isCloseTo(0, within(1e-15));
        // Each segment has half of all rows.
        assertThat(same.variance()).isCloseTo(.25 * (.09 / 800 + .09 / 200 + .25 / 200 + .25 / 800), within(1e-15));
        assertThat(same.leftOut()).isZero();
    }

    @Test
    void oneSegmentIsNewcombesDifference() {
        PostStratified difference = PostStratified.of(List.of(new Segment(arm(18, 360), arm(40, 400))), 0.95);

        assertThat(difference.difference()).isCloseTo(.05, within(1e-12));
        Interval interval = Objects.requireNonNull(difference.interval());
        assertThat(interval.low()).isCloseTo(.012255, within(5.1e-7));
        assertThat(interval.high()).isCloseTo(.087930, within(5.1e-7));
    }

    @Test
    void segmentsOfOneVersionAreLeftOutAndReported() {
        PostStratified difference = PostStratified.of(
                List.of(
                        new Segment(arm(10, 100), arm(5, 100)),
                        new Segment(arm(50, 50), arm(0, 0)),
                        new Segment(arm(0, 0), arm(0, 0))),
                0.95);

        assertThat(difference.difference()).isCloseTo(-.05, within(1e-15));
        assertThat(difference.leftOut()).isEqualTo(.2);
    }

    @Test
    void versionsWithoutACommonSegmentCanNotBeCompared() {
        PostStratified none =
                PostStratified.of(List.of(new Segment(arm(1, 10), arm(0, 0)), new Segment(arm(0, 0), arm(1, 5))), 0.95);

        assertThat(none).isEqualTo(new PostStratified(null, null, null, 1.0));
        assertThat(PostStratified.of(List.of(), 0.95)).isEqualTo(new PostStratified(null, null, null, null));
    }

    @Test
    void clustersWidenTheInterval() {
        double independent = width(new Segment(arm(18, 360), arm(40, 400)));
        double clustered = width(new Segment(new Arm(18, 360, 36), new Arm(40, 400, 40)));

        assertThat(clustered).isGreaterThan(2.5 * independent);
    }

    private static double width(Segment segment) {
        Interval interval =
                Objects.requireNonNull(PostStratified.of(List.of(segment), 0.95).interval());
        return interval.high() - interval.low();
    }

    @Test
    void theIntervalCoversTheTrueDifference() {
        Random random = new Random(1);
        int covered = 0;
        for (int i = 0; i < 1_000; i++) {
            double truth = 0;
            Segment[] segments = new Segment[8];
            for (int s = 0; s < segments.length; s++) {
                segments[s] = new Segment(draw(random, .02 + .04 * s), draw(random, .02 + .03 * s));
                truth -= .01 * s / segments.length;
            }
            Interval interval = Objects.requireNonNull(
                    PostStratified.of(List.of(segments), 0.95).interval());
            covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
        }

        assertThat(covered / 1000.0).isBetween(.93, .99);
    }

    private static Arm draw(Random random, double rate) {
        return arm(Clusters.draw(random, rate, 0, 60).x(), 60);
    }

    @Test
    void armsThatNoRowsGiveAreRefused() {
        assertThatThrownBy(() -> new Arm(3, 2, 2)).hasMessageContaining("got 3 and 2.0 of 2");
        assertThatThrownBy(() -> new Arm(1, 2, 3)).hasMessageContaining("got 1 and 3.0 of 2");
        assertThatThrownBy(() -> new Arm(1, 2, 0)).hasMessageContaining("got 1 and 0.0 of 2");
        assertThatThrownBy(() -> new Arm(1, 2, Double.NaN)).hasMessageContaining("got 1 and NaN of 2");
    }
}
