package dev.winnow.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.stats.PredictionPowered.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionPoweredTest {
    /** Images of a reader that sees 85 % of what is there and 5 % of what is not. */
    private static final class Images {
        private final Random random;
        private final double share;

        private Images(long seed, double share) {
            this.random = new Random(seed);
            this.share = share;
        }

        /** One image that is a cluster of its own. */
        private Cluster next(boolean read, boolean checked) {
            int y = random.nextDouble() < share ? 1 : 0;
            int f = random.nextDouble() < (y == 1 ? .85 : .05) ? 1 : 0;
            return new Cluster(read ? 1 : 0, read ? f : 0, checked ? 1 : 0, checked ? y - f : 0);
        }
    }

    private static double variance(double[] values, double[] others) {
        double mean = 0;
        double otherMean = 0;
        for (int i = 0; i < values.length; i++) {
            mean += values[i] / values.length;
            otherMean += others[i] / values.length;
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (values[i] - mean) * (others[i] - otherMean);
        }
        return sum / values.length;
    }

    @Test
    void imagesThatAreTheirOwnClustersGiveThePublishedVarianceWithItsCovariance() {
        Images images = new Images(1, .3);
        List<Cluster> clusters = new ArrayList<>();
        double[] f = new double[900];
        double[] fChecked = new double[300];
        double[] d = new double[300];
        for (int i = 0; i < 900; i++) {
            Cluster image = images.next(true, i < 300);
            clusters.add(image);
            f[i] = image.seen();
            if (i < 300) {
                fChecked[i] = image.seen();
                d[i] = image.difference();
            }
        }
        PredictionPowered estimate = Objects.requireNonNull(PredictionPowered.of(clusters));
        double published = variance(f, f) / 900 + variance(d, d) / 300 + 2 * variance(fChecked, d) / 900;

        // The published covariance takes its mean over the checked images, the linearized one over all that were read.
        assertThat(estimate.variance() / published).isBetween(.98, 1.02);
        assertThat(estimate.variance()).isLessThan(variance(f, f) / 900 + variance(d, d) / 300);
    }

    @Test
    void imagesThatWereCheckedButNotReadLeaveNoCovariance() {
        Images images = new Images(2, .3);
        List<Cluster> clusters = new ArrayList<>();
        double[] f = new double[800];
        double[] d = new double[400];
        for (int i = 0; i < 1_200; i++) {
            Cluster image = images.next(i < 800, i >= 800);
            clusters.add(image);
            if (i < 800) {
                f[i] = image.seen();
            } else {
                d[i - 800] = image.difference();
            }
        }
        PredictionPowered estimate = Objects.requireNonNull(PredictionPowered.of(clusters));

        assertThat(estimate.variance())
                .isCloseTo(1_200 / 1_199.0 * (variance(f, f) / 800 + variance(d, d) / 400), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({".3, 600, 150, 1", ".05, 800, 200, 2", ".6, 400, 400, 3"})
    void itHitsTheShareOnAverageAndItsIntervalsHoldIt(double share, int read, int checked, long seed) {
        Images images = new Images(seed, share);
        int runs = 2_000;
        double sum = 0;
        int held = 0;
        for (int run = 0; run < runs; run++) {
            List<Cluster> clusters = new ArrayList<>();
            for (int i = 0; i < read; i++) {
                clusters.add(images.next(true, i < checked));
            }
            PredictionPowered estimate = Objects.requireNonNull(PredictionPowered.of(clusters));
            sum += estimate.share();
            held += Math.abs(estimate.share() - share) <= 1.959964 * Math.sqrt(estimate.variance()) ? 1 : 0;
        }
        assertThat(sum / runs).isCloseTo(share, within(.004));
        assertThat((double) held / runs).isBetween(.93, .97);
    }

    @Test
    void itTakesImagesOfEitherKindAndCheckedOnesInTwoClusters() {
        Cluster readOnly = new Cluster(1, 1, 0, 0);
        Cluster checked = new Cluster(1, 1, 1, 0);
        Cluster checkedOnly = new Cluster(0, 0, 1, 0);

        assertThat(PredictionPowered.of(List.of())).isNull();
        assertThat(PredictionPowered.of(List.of(readOnly, readOnly))).isNull();
        assertThat(PredictionPowered.of(List.of(readOnly, checked))).isNull();
        assertThat(PredictionPowered.of(List.of(checkedOnly, checkedOnly))).isNull();
        assertThat(PredictionPowered.of(List.of(checked, checked))).isEqualTo(new PredictionPowered(1, 0, 2));
    }
}
