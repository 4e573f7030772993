package dev.winnow.analysis;

import dev.winnow.config.ImbalanceSettings;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Interval;
import dev.winnow.stats.PredictionPowered;
import dev.winnow.stats.RoganGladen;
import dev.winnow.stats.StudentT;
import dev.winnow.stats.WeightedRatio;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * On which share of the misclassified images of a use case each class is seen, and truly is.
 *
 * <p>A model that looks at images errs, so what it sees is corrected by what people say of some of the same images: by
 * the class' own checked images where there are enough, else by how often the model is wrong on all classes together.
 * Cameras are the clusters. Everything is summed in the order of cameras, so that it does not depend on the order of
 * images.
 */
final class SeenShares {
    /** How the model's answers on a class are corrected. */
    enum Calibration {
        /** By what people say of this class. */
        OWN,
        /** By how often the model is wrong on all classes that people checked. */
        POOLED,
        /** Not at all: too few images are checked. */
        UNCALIBRATED
    }

    /**
     * What is seen of one class.
     *
     * @param read images that the model answered on
     * @param images those of them on which it saw the class
     * @param cameras their cameras
     * @param named images on which people named the class instead of the predicted one
     * @param namedCameras their cameras
     * @param share of the misclassified images on which the model sees it; null where it answered on none
     * @param calibration how {@code present} is corrected
     * @param checked images on which people checked the class
     * @param present share of the misclassified images that truly show it; null while uncalibrated
     * @param bounds of {@code present}; null where it is
     * @param atLeast share that is left when the model sees as much that is not there as is taken for possible
     * @param pValue of showing it on no larger a share than the one it was held against; null where too little is read
     */
    record Seen(
            long read,
            long images,
            int cameras,
            long named,
            int namedCameras,
            @Nullable Double share,
            Calibration calibration,
            long checked,
            @Nullable Double present,
            @Nullable Interval bounds,
            double atLeast,
            @Nullable Double pValue) {}

    /** What one camera tells of one class. */
    private static final class Camera {
        private double seen;
        private final Set<String> images = new HashSet<>();
        private final Set<String> named = new HashSet<>();
        private double checked;
        private double difference;
        private long checks;
        private long disagreements;
    }

    private final ImbalanceSettings settings;
    private final double level;
    private final Map<String, Double> readByCamera = new TreeMap<>();
    private final Map<String, Map<String, Camera>> classes = new TreeMap<>();
    private final RoganGladen.@Nullable Rate sensitivity;
    private final RoganGladen.@Nullable Rate specificity;
    private final int checkedCameras;
    private final long read;

    /**
     * Sums images by class and camera.
     *
     * @param images each image once
     * @param checked images of the same use case that people checked
     * @param words classes of the use case
     * @param level of intervals
     */
    SeenShares(
            List<LookedAt> images,
            List<Checked> checked,
            Synonyms.Vocabulary words,
            ImbalanceSettings settings,
            double level) {
        this.settings = settings;
        this.level = level;
        Set<String> answered = new HashSet<>();
        for (LookedAt image : images) {
            if (image.seen() != null) {
                answered.add(image.uri());
                readByCamera.merge(image.camera(), image.weight(), Double::sum);
                Set<String> seen = new HashSet<>();
                image.seen().forEach(word -> words.classOf(word).ifPresent(seen::add));
                for (String label : seen) {
                    Camera camera = camera(label, image.camera());
                    camera.seen += image.weight();
                    camera.images.add(image.uri());
                }
            }
            Optional.ofNullable(image.named())
                    .flatMap(words::classOf)
                    .ifPresent(label -> camera(label, image.camera()).named.add(image.uri()));
        }
        this.read = answered.size();
        Map<String, long[]> whereThere = new TreeMap<>();
        Map<String, long[]> whereNot = new TreeMap<>();
        for (Checked check : checked) {
            Boolean seen = check.seen();
            if (check.audit() || seen == null) {
                continue;
            }
            words.classOf(check.label()).ifPresent(label -> {
                Camera camera = camera(label, check.camera());
                camera.checks++;
                camera.checked += check.weight();
                camera.difference += check.weight() * ((check.present() ? 1 : 0) - (seen ? 1 : 0));
                camera.disagreements += check.present() == seen ? 0 : 1;
            });
            long[] right = (check.present() ? whereThere : whereNot).computeIfAbsent(check.camera(), c -> new long[2]);
            right[0] += check.present() == seen ? 1 : 0;
            right[1]++;
        }
        this.sensitivity = rate(whereThere);
        this.specificity = rate(whereNot);
        this.checkedCameras = Math.min(whereThere.size(), whereNot.size());
    }

    private Camera camera(String label, String camera) {
        return classes.computeIfAbsent(label, l -> new TreeMap<>()).computeIfAbsent(camera, c -> new Camera());
    }

    /** Share of right answers; null where too few are checked. Rates of 0 and 1 are luck, so one of each is added. */
    private RoganGladen.@Nullable Rate rate(Map<String, long[]> rightByCamera) {
        ClusterSums sums = ClusterSums.EMPTY;
        for (long[] right : rightByCamera.values()) {
            sums = sums.plus(ClusterSums.of(right[0], right[1]));
        }
        if (sums.n() < settings.minChecked() || sums.clusters() < 2) {
            return null;
        }
        Double icc = sums.intraClassCorrelation();
        double rate = (sums.x() + 1.0) / (sums.n() + 2.0);
        return new RoganGladen.Rate(rate, rate * (1 - rate) / sums.effectiveTrials(icc == null ? 0 : icc));
    }

    /** Returns all classes that were seen or named, sorted. */
    Set<String> labels() {
        return classes.keySet();
    }

    /** Returns how many images the model answered on. */
    long read() {
        return read;
    }

    /** Returns whether a class was seen, or named by people, often enough to be one. */
    boolean supported(Seen seen) {
        return (seen.images >= settings.minImages() && seen.cameras >= settings.minCameras()) || namedOften(seen);
    }

    /** Returns whether people named a class often enough to be one. */
    boolean namedOften(Seen seen) {
        return seen.named >= settings.minImages() && seen.namedCameras >= settings.minCameras();
    }

    /**
     * Tells what is seen of one class.
     *
     * @param against share of the images that it would be nothing to show the class on, in [0, 1]
     */
    Seen of(String label, double against) {
        Map<String, Camera> cameras = classes.getOrDefault(label, Map.of());
        long images = 0;
        int seenBy = 0;
        long named = 0;
        int namedBy = 0;
        long checks = 0;
        for (Camera camera : cameras.values()) {
            images += camera.images.size();
            seenBy += camera.images.isEmpty() ? 0 : 1;
            named += camera.named.size();
            namedBy += camera.named.isEmpty() ? 0 : 1;
            checks += camera.checks;
        }
        WeightedRatio ratio = ratio(cameras);
        if (ratio == null || ratio.variance() == null) {
            Double share = ratio == null ? null : ratio.rate();
            return new Seen(
                    read, images, seenBy, named, namedBy, share, Calibration.UNCALIBRATED, checks, null, null, 0, null);
        }
        Estimate own = checks < settings.minChecked() ? null : own(cameras, checks);
        Estimate pooled = own != null ? null : pooled(ratio);
        Estimate corrected = own != null ? own : pooled;
        Calibration calibration =
                own != null ? Calibration.OWN : pooled != null ? Calibration.POOLED : Calibration.UNCALIBRATED;
        Estimate used = corrected != null ? corrected : assumed(ratio);
        Double p = null;
        if (read >= settings.minChecked() && ratio.clusters() >= settings.minCameras()) {
            // The chance variance under the null hypothesis is the least there is, however alike the cameras look.
            double chance = chance(against, corrected == null) / ratio.trials();
            double error = Math.sqrt(Math.max(used.variance, chance));
            double above = used.unclipped - against;
            p = StudentT.upperTail(above == 0 ? 0 : above / error, used.degreesOfFreedom);
        }
        return new Seen(
                read,
                images,
                seenBy,
                named,
                namedBy,
                ratio.rate(),
                calibration,
                checks,
                corrected == null ? null : corrected.share(),
                corrected == null ? null : corrected.bounds(level),
                used.share(),
                p);
    }

    private @Nullable WeightedRatio ratio(Map<String, Camera> cameras) {
        double[] x = new double[readByCamera.size()];
        double[] n = new double[readByCamera.size()];
        int at = 0;
        for (Map.Entry<String, Double> camera : readByCamera.entrySet()) {
            Camera of = cameras.get(camera.getKey());
            x[at] = of == null ? 0 : of.seen;
            n[at++] = camera.getValue();
        }
        return WeightedRatio.of(x, n, read);
    }

    private record Estimate(double unclipped, double variance, double degreesOfFreedom) {
        double share() {
            return Math.max(0, Math.min(1, unclipped));
        }

        Interval bounds(double level) {
            double half = StudentT.twoSided(level, degreesOfFreedom) * Math.sqrt(variance);
            return new Interval(Math.max(0, share() - half), Math.min(1, share() + half));
        }
    }

    private @Nullable Estimate own(Map<String, Camera> cameras, long checks) {
        List<PredictionPowered.Cluster> clusters = new ArrayList<>();
        Set<String> all = new TreeSet<>(readByCamera.keySet());
        all.addAll(cameras.keySet());
        long disagreements = 0;
        for (String name : all) {
            Camera camera = cameras.getOrDefault(name, new Camera());
            disagreements += camera.disagreements;
            double images = readByCamera.getOrDefault(name, 0.0);
            clusters.add(new PredictionPowered.Cluster(images, camera.seen, camera.checked, camera.difference));
        }
        PredictionPowered estimate = PredictionPowered.of(clusters);
        if (estimate == null) {
            return null;
        }
        // A model and people who never disagreed may still do so next time: Laplace's rule of succession.
        double least = (disagreements + 1.0) / (checks + 2.0) / checks;
        return new Estimate(estimate.share(), Math.max(estimate.variance(), least), estimate.checkedClusters() - 1.0);
    }

    private @Nullable Estimate pooled(WeightedRatio ratio) {
        if (sensitivity == null || specificity == null || ratio.variance() == null) {
            return null;
        }
        RoganGladen corrected =
                RoganGladen.of(new RoganGladen.Rate(ratio.rate(), ratio.variance()), sensitivity, specificity);
        double degreesOfFreedom = Math.min(ratio.clusters(), checkedCameras) - 1.0;
        return corrected == null || degreesOfFreedom < 1
                ? null
                : new Estimate(corrected.share(), corrected.variance(), degreesOfFreedom);
    }

    /** What is left if the model misses nothing and sees falsely as often as the configuration takes for possible. */
    private Estimate assumed(WeightedRatio ratio) {
        double rest = 1 - settings.falselySeen();
        double variance = ratio.variance() == null ? 0 : ratio.variance();
        return new Estimate(
                (ratio.rate() - settings.falselySeen()) / rest, variance / (rest * rest), ratio.clusters() - 1.0);
    }

    /** Variance of one image's answer if the share is the one held against. */
    private double chance(double against, boolean assumed) {
        double rest = 1 - settings.falselySeen();
        double seen = assumed ? settings.falselySeen() + rest * against : against;
        return seen * (1 - seen) / (assumed ? rest * rest : 1);
    }
}
