package dev.winnow.analysis;

import dev.winnow.analysis.ClassNeed.Field;
import dev.winnow.stats.WeightedRatio;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Shares of classes in the field: only audited images tell them, drawn from all frames and weighted by 1 / pi. */
final class FieldShares {
    private static final class Camera {
        private final Map<String, Double> shown = new TreeMap<>();
        private double all;
        private double images;
    }

    private final Map<String, Camera> cameras = new TreeMap<>();
    private final Set<String> images = new TreeSet<>();
    private final int least;
    private final double level;
    private long presences;

    /**
     * Sums audited images by class and camera.
     *
     * @param checked in the same order in every run; what is not of the audit is left out
     * @param least audited images below which no share is told
     * @param level of intervals
     */
    FieldShares(List<Checked> checked, Synonyms.Vocabulary words, int least, double level) {
        this.least = least;
        this.level = level;
        for (Checked check : checked) {
            if (!check.audit()) {
                continue;
            }
            Camera camera = cameras.computeIfAbsent(check.camera(), c -> new Camera());
            if (images.add(check.image())) {
                camera.images += check.weight();
            }
            if (check.present()) {
                words.classOf(check.label()).ifPresent(label -> {
                    presences++;
                    camera.all += check.weight();
                    camera.shown.merge(label, check.weight(), Double::sum);
                });
            }
        }
    }

    /** Returns whether there are enough audited images. */
    boolean known() {
        return images.size() >= least && presences > 0;
    }

    /** Returns how many images are audited. */
    int images() {
        return images.size();
    }

    /** Returns the share of a class; null where too few images are audited. */
    @Nullable
    Field of(String label) {
        if (!known()) {
            return null;
        }
        double[] x = new double[cameras.size()];
        double[] n = new double[cameras.size()];
        double own = 0;
        double frames = 0;
        int at = 0;
        for (Camera camera : cameras.values()) {
            x[at] = camera.shown.getOrDefault(label, 0.0);
            n[at] = camera.all;
            own += x[at++];
            frames += camera.images;
        }
        WeightedRatio share = WeightedRatio.of(x, n, presences);
        return share == null
                ? null
                : new Field(images.size(), share.rate(), share.interval(level), Math.min(1, own / frames));
    }
}
