package dev.winnow.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.candidates.Candidates;
import dev.winnow.selection.AuditDraws;
import dev.winnow.selection.AuditDraws.Drawn;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Interval;
import dev.winnow.stats.IntervalMethod;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit holds what it promises, from the draw of the solver to the interval of the table. */
@Tag("slow")
class AuditCoverageTest {
    private static final int DRAWS = 500;

    private static SignalYield.Share audit(ClusterSums labels, double sampled) {
        return SignalYield.of(
                        List.of(new SignalCounts(
                                "dock",
                                "r",
                                Candidates.AUDIT,
                                labels.n(),
                                labels,
                                sampled,
                                labels.n(),
                                labels,
                                0,
                                0,
                                0)),
                        0.95)
                .get(0)
                .charged();
    }

    private static Interval ofClusters(ClusterSums labels) {
        Double similarity = labels.intraClassCorrelation();
        return labels.interval(IntervalMethod.WILSON, 0.95, similarity == null ? 0 : similarity);
    }

    private static int holds(Interval interval, double rate) {
        return interval.low() <= rate && rate <= interval.high() ? 1 : 0;
    }

    @ParameterizedTest(name = "{0} cameras with {1} images, rate {3}, correlation {4}")
    @CsvSource({"200, 12, 400, 0.2, 0.1", "60, 40, 600, 0.1, 0.05", "20, 120, 600, 0.2, 0.1"})
    void theIntervalHoldsTheFleetsRateAsOftenAsItSays(
            int cameras, int framesPerCamera, int budget, double rate, double icc) {
        AuditDraws fleet = AuditDraws.of(cameras, framesPerCamera, budget, rate, icc, 7);
        int holds = 0;
        int clustered = 0;
        double mean = 0;
        double chosen = 0;
        for (int salt = 0; salt < DRAWS; salt++) {
            Drawn drawn = fleet.draw("salt " + salt);
            SignalYield.Share audit = audit(drawn.labels(), drawn.sampled());
            assertThat(drawn.labels().n()).isEqualTo(budget / 4);
            holds += holds(Objects.requireNonNull(audit.interval()), fleet.rate());
            clustered += holds(ofClusters(drawn.labels()), fleet.rate());
            mean += Objects.requireNonNull(audit.value()) / DRAWS;
            chosen += drawn.chosenRate() / DRAWS;
            assertThat(drawn.weights())
                    .isCloseTo((double) fleet.population(), within(0.1 * (double) fleet.population()));
        }

        assertThat((double) holds / DRAWS).isBetween(0.93, 0.97);
        // Cameras as clusters ask how other fleets like this one do: for this one the interval is too wide.
        assertThat(clustered).isGreaterThanOrEqualTo(holds);
        // The mean of the draws is the fleet's rate; that of what signals choose is far from it.
        assertThat(mean).isCloseTo(fleet.rate(), within(3 * Math.sqrt(rate / (budget / 4.0) / DRAWS)));
        assertThat(chosen).isGreaterThan(1.5 * fleet.rate());
    }
}
