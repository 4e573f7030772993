package dev.winnow.stats;

import org.jspecify.annotations.Nullable;

/**
 * Share of images that show something, from a reader's answers on many images and the truth on a few of them.
 *
 * <p>Source: Angelopoulos et al. (2023); as a difference estimator it is that of survey sampling. With f the reader's
 * answers (0 or 1) on the images that were read and y the truth on those that were checked, the estimate is mean(f) +
 * mean(y - f). Nothing is taken for granted of the reader.
 *
 * <p>The variance is that of the sum of both means, each linearized and added up by cluster before it is squared. With
 * every image a cluster of its own and equal weights that is var(f) / n_L + var(y - f) / n_H, plus 2 cov(f, y - f) / n_L
 * where the checked images are among those read: the images that both means share make the covariance, so it needs no
 * term of its own.
 *
 * @param share corrected, clipped to [0, 1]
 * @param variance of the share before it is clipped
 * @param checkedClusters clusters with checked images
 */
public record PredictionPowered(double share, double variance, int checkedClusters) {
    /**
     * Sums over the images of one cluster; an image weighs 1 / its inclusion probability.
     *
     * @param read weights of the images that were read
     * @param seen weights of those on which the reader sees it
     * @param checked weights of the images that people checked
     * @param difference weights times y - f, over the checked images
     */
    public record Cluster(double read, double seen, double checked, double difference) {}

    /**
     * Estimates a share; null without images of either kind, and for less than two clusters with checked images.
     *
     * @param clusters in key order, where runs must agree on the last bits
     */
    public static @Nullable PredictionPowered of(Iterable<Cluster> clusters) {
        double read = 0;
        double seen = 0;
        double checked = 0;
        double difference = 0;
        int all = 0;
        int withChecked = 0;
        for (Cluster cluster : clusters) {
            read += cluster.read;
            seen += cluster.seen;
            checked += cluster.checked;
            difference += cluster.difference;
            all++;
            withChecked += cluster.checked > 0 ? 1 : 0;
        }
        if (!(read > 0) || withChecked < 2) {
            return null;
        }
        double meanSeen = seen / read;
        double meanDifference = difference / checked;
        double squares = 0;
        for (Cluster cluster : clusters) {
            double residual = (cluster.seen - meanSeen * cluster.read) / read
                    + (cluster.difference - meanDifference * cluster.checked) / checked;
            squares += residual * residual;
        }
        return new PredictionPowered(
                Math.max(0, Math.min(1, meanSeen + meanDifference)), all / (all - 1.0) * squares, withChecked);
    }
}
