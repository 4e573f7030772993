package dev.winnow.quality;

import dev.winnow.quality.Threshold.Status;
import dev.winnow.quality.Threshold.Walk;
import dev.winnow.stats.LimitProof;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds how far down the confidence of one class can be trusted: from the highest interval downwards while a rule holds.
 *
 * <p>The walks that test pool intervals from above until there are enough items for a test, and stop at the first that
 * fails: tests in a fixed order need no correction for their number (Angelopoulos, Bates, Candes, Jordan and Lei 2021).
 */
final class Walks {
    private final Buckets buckets;
    private final double wrongPerRight;

    /**
     * Creates the walks.
     *
     * @param wrongPerRight wrong items for each right one that are accepted, R; a share of R / (1 + R)
     */
    Walks(Buckets buckets, double wrongPerRight) {
        this.buckets = buckets;
        this.wrongPerRight = wrongPerRight;
    }

    /** Share of wrong items that is accepted. */
    double limit() {
        return wrongPerRight / (1 + wrongPerRight);
    }

    /** The published walk; an interval without items is passed. */
    Threshold buckets(List<QaCell> cells) {
        return counted(Walk.BUCKETS, cells, false);
    }

    /** The same over the interval and all above it. */
    Threshold cumulative(List<QaCell> cells) {
        return counted(Walk.CUMULATIVE, cells, true);
    }

    private Threshold counted(Walk walk, List<QaCell> cells, boolean pooled) {
        QaCell pool = QaCell.EMPTY;
        int bucket = buckets.size();
        String stop = "all intervals hold";
        while (bucket > 0) {
            QaCell cell = cells.get(bucket - 1);
            pool = pooled ? pool.plus(cell) : cell;
            if (!(ratio(pool) < wrongPerRight)) {
                stop = String.format(
                        Locale.ROOT,
                        "%s has %d wrong to %d right, not below %s",
                        (pooled ? "at or above " + Buckets.plain(buckets.low(bucket - 1)) : buckets.name(bucket - 1)),
                        pool.wrong(),
                        pool.confirmed(),
                        Buckets.plain(wrongPerRight));
                break;
            }
            bucket--;
        }
        Status status = bucket == buckets.size() ? Status.NONE : Status.PUBLISHED_RULE;
        return QaTable.sum(cells).total() == 0
                ? new Threshold(walk, Status.INSUFFICIENT, buckets.size(), null, null, "no reviews")
                : new Threshold(walk, status, bucket, null, null, stop);
    }

    private static double ratio(QaCell cell) {
        return cell.wrong() == 0 ? 0 : (double) cell.wrong() / cell.confirmed(); // infinite without right ones
    }

    /** The walk of a test that is valid for one look. */
    Threshold likely(Walk walk, LimitProof test, List<QaCell> cells, double alpha) {
        return tested(walk, Status.LIKELY, test, cells, limit(), alpha);
    }

    /**
     * The proven walk of a class.
     *
     * @param cells items drawn at random, by interval
     * @param proof what makes a proof
     * @param detection what reviewers find of wrong items; null where labels were given blind, so that nothing could be
     *     overlooked by clicking through
     * @param classes classes for which the promise is made at once
     */
    Threshold proven(List<QaCell> cells, Proof proof, @Nullable Detection detection, int classes) {
        double alpha = proof.alpha(classes);
        double limit = limit();
        if (detection != null) {
            alpha /= 2;
            double least = proof.leastFound(detection, classes);
            if (least < proof.minSensitivity()) {
                return insufficient(String.format(
                        Locale.ROOT,
                        "reviewers found %d of %d hidden wrong items: at least %.3f of them, %s is needed; hide more",
                        detection.found(),
                        detection.hidden(),
                        least,
                        Buckets.plain(proof.minSensitivity())));
            }
            limit *= least;
        }
        long reviewed = QaTable.sum(cells).total();
        if (reviewed < proof.sampleSize()) {
            return new Threshold(
                    Walk.PROVEN,
                    Status.INSUFFICIENT,
                    buckets.size(),
                    null,
                    proof.sampleSize() - reviewed,
                    String.format(
                            Locale.ROOT,
                            "%d reviewed of the %d that were fixed beforehand",
                            reviewed,
                            proof.sampleSize()));
        }
        if (proof.sampleSize() == 0) {
            return tested(Walk.PROVEN, Status.PROVEN, proof.test(), cells, limit, alpha);
        }
        if (reviewed > proof.sampleSize()) {
            return insufficient(String.format(
                    Locale.ROOT,
                    "%d reviewed, more than the %d that were fixed beforehand: only one look was allowed, at those; use"
                            + " rule = anytime to look at all",
                    reviewed,
                    proof.sampleSize()));
        }
        return tested(Walk.PROVEN, Status.PROVEN, proof.test(), cells, limit, alpha)
                .withoutNeeded(); // more reviews would be a second look
    }

    /** What items prove that were not drawn at random. */
    Threshold notDrawn() {
        return insufficient("items were not drawn at random, so they prove nothing about others");
    }

    /** What items prove that were drawn, but some rather than others: counted alike they are no fair sample. */
    Threshold unequallyDrawn() {
        return insufficient(
                "items were drawn with different probabilities, such as on several days, so their plain counts"
                        + " prove nothing about others; judge items of one draw");
    }

    private Threshold insufficient(String why) {
        return new Threshold(Walk.PROVEN, Status.INSUFFICIENT, buckets.size(), null, null, why);
    }

    private Threshold tested(
            Walk walk, Status passed, LimitProof test, List<QaCell> cells, double limit, double alpha) {
        long enough = test.leastTrials(limit, alpha);
        QaCell pool = QaCell.EMPTY;
        QaCell held = QaCell.EMPTY;
        int threshold = buckets.size();
        for (int bucket = buckets.size() - 1; bucket >= 0; bucket--) {
            pool = pool.plus(cells.get(bucket));
            if (pool.total() < enough) {
                continue;
            }
            if (!test.passes(pool.wrong(), pool.total(), limit, alpha)) {
                OptionalLong needed = test.missing(pool.wrong(), pool.total(), limit, alpha);
                return result(
                        walk, passed, test, threshold, held, alpha, needed, failed(test, bucket, pool, limit, alpha));
            }
            threshold = bucket;
            held = pool;
        }
        if (threshold < buckets.size()) {
            return result(walk, passed, test, threshold, held, alpha, OptionalLong.empty(), "all intervals hold");
        }
        OptionalLong needed = test.missing(pool.wrong(), pool.total(), limit, alpha);
        return new Threshold(
                walk,
                Status.INSUFFICIENT,
                buckets.size(),
                null,
                needed.isPresent() ? needed.getAsLong() : null,
                String.format(
                        Locale.ROOT, "%d reviewed, at least %d are needed without a wrong one", pool.total(), enough));
    }

    private Threshold result(
            Walk walk,
            Status passed,
            LimitProof test,
            int threshold,
            QaCell held,
            double alpha,
            OptionalLong needed,
            String proof) {
        boolean holds = threshold < buckets.size();
        return new Threshold(
                walk,
                holds ? passed : Status.NONE,
                threshold,
                holds ? test.bound(held.wrong(), held.total(), alpha) : null,
                needed.isPresent() ? needed.getAsLong() : null,
                proof);
    }

    private String failed(LimitProof test, int bucket, QaCell pool, double limit, double alpha) {
        return String.format(
                Locale.ROOT,
                "at or above %s %d of %d are wrong: at most %.4f, not within %.4f",
                Buckets.plain(buckets.low(bucket)),
                pool.wrong(),
                pool.total(),
                test.bound(pool.wrong(), pool.total(), alpha),
                limit);
    }
}
