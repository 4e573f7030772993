package dev.winnow.selection;

import static java.util.stream.Collectors.groupingBy;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.Caps;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.stats.ClusterSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Audits of one generated day, again and again with other salts. Every camera has its own error rate, images come in bursts
 * that mostly share their fate, scores know errors, a third of the images was in a round before and some can't be labeled.
 */
public final class AuditDraws {
    private static final int BURST = 4;
    private static final long SPARKS_SEED = 42;

    private final List<Frame> frames;
    private final UseCaseSettings settings;

    /** An image of the day. */
    private record Frame(
            String image,
            String site,
            String camera,
            int second,
            String label,
            double risk,
            boolean held,
            boolean wrong) {
        PoolItem item(String signal, double draw, boolean scored) {
            PoolItem item =
                    Pools.at(second, label, Pools.item(signal, image, site, camera, scored ? risk : null, draw));
            return held ? Pools.heldBefore(item) : item;
        }

        boolean usable() {
            return ItemReferences.usable(Subject.IMAGE, image);
        }
    }

    private AuditDraws(List<Frame> frames, UseCaseSettings settings) {
        this.frames = frames;
        this.settings = settings;
    }

    /**
     * Generates the day of a fleet; a quarter of the budget is for the audit, and all caps can be full.
     *
     * @param rate mean error rate of cameras
     * @param icc correlation of two bursts of a camera
     */
    public static AuditDraws of(int cameras, int framesPerCamera, int budget, double rate, double icc, long seed) {
        Random random = new Random(seed);
        double m = 1 / icc - 1;
        BetaDistribution rates = new BetaDistribution(new Well19937c(seed), m * rate, m * (1 - rate));
        List<Frame> frames = new ArrayList<>();
        for (int camera = 0; camera < cameras; camera++) {
            double own = rates.sample();
            boolean wrong = false;
            for (int i = 0; i < framesPerCamera; i++) {
                if (i % BURST == 0 || random.nextInt(5) == 0) {
                    wrong = random.nextDouble() < own;
                }
                String image = (random.nextInt(50) == 0 ? "file:/fleet/" : "s3://fleet/") + camera + "-" + i + ".jpg";
                frames.add(new Frame(
                        image,
                        "site" + camera % 20,
                        "camera" + camera,
                        i / BURST * 600 + i % BURST * 2,
                        "class" + random.nextInt(3),
                        (random.nextDouble() + (wrong ? 1 : 0)) / 2,
                        random.nextInt(3) == 0,
                        wrong));
            }
        }
        return new AuditDraws(
                frames,
                Pools.with(
                        new Caps(1, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, 5, 0.1, 0.4),
                        Pools.settings(budget, 0.25, 1, 1, 5, 0.1)));
    }

    /** The fleet's error rate: that of all images that can be labeled. */
    public double rate() {
        return (double) frames.stream().filter(f -> f.usable() && f.wrong).count()
                / frames.stream().filter(Frame::usable).count();
    }

    /** Images that can be labeled. */
    public long population() {
        return frames.stream().filter(Frame::usable).count();
    }

    /**
     * What one draw tells.
     *
     * @param labels of the audit, cameras being clusters
     * @param sampled mean inclusion probability of its images
     * @param weights sum of 1 / inclusion probability of its images
     * @param chosenRate error rate among what signals chose
     */
    public record Drawn(ClusterSums labels, double sampled, double weights, double chosenRate) {}

    /** Selects a round by a salt's draws and labels it rightly. */
    public Drawn draw(String salt) {
        Map<String, Frame> byImage = new HashMap<>();
        List<PoolItem> pool = new ArrayList<>();
        for (Frame frame : frames) {
            byImage.put(frame.image, frame);
            pool.add(frame.item(Candidates.AUDIT, uniform("audit|" + salt + "|" + frame.image), false));
            if (frame.risk > 0.6) {
                pool.add(frame.item(
                        frame.risk > 0.75 ? Candidates.BOUNDARY : Candidates.LOW_CONFIDENCE,
                        uniform("draw|" + salt + "|" + frame.image),
                        true));
            }
        }
        Spending spending = Spending.of(
                new UseCasePool("dock", pool, List.of(), frames.size() + 1, 0), settings, Subject.IMAGE, u -> Set.of());
        List<Selection> selections = spending.selections(Map.of());
        ClusterSums labels = selections.stream()
                .filter(selection -> selection.signal().equals(Candidates.AUDIT))
                .map(selection ->
                        Objects.requireNonNull(byImage.get(selection.item().imageUri())))
                .collect(groupingBy(Frame::camera))
                .values()
                .stream()
                .map(ofCamera ->
                        ClusterSums.of(ofCamera.stream().filter(Frame::wrong).count(), ofCamera.size()))
                .reduce(ClusterSums.EMPTY, ClusterSums::plus);
        double sampled = selections.stream()
                .filter(selection -> selection.signal().equals(Candidates.AUDIT))
                .mapToDouble(selection -> Objects.requireNonNull(selection.inclusionProbability()))
                .average()
                .orElseThrow();
        double weights = selections.stream()
                .filter(selection -> selection.signal().equals(Candidates.AUDIT))
                .mapToDouble(selection -> 1 / Objects.requireNonNull(selection.inclusionProbability()))
                .sum();
        double chosenRate = selections.stream()
                .filter(selection -> Candidates.SCORED.contains(selection.signal()))
                .mapToDouble(selection ->
                        Objects.requireNonNull(byImage.get(selection.item().imageUri())).wrong ? 1 : 0)
                .average()
                .orElseThrow();
        return new Drawn(labels, sampled, weights, chosenRate);
    }

    /** As {@code HashDraw} has it. */
    private static double uniform(String text) {
        return (XXH64.hashUTF8String(UTF8String.fromString(text), SPARKS_SEED) >>> 11) * 0x1p-53;
    }
}
