package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.SegmentAllocation;
import dev.winnow.config.Uncertainty;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.Bounds;
import dev.winnow.config.UseCaseSettings.Caps;
import dev.winnow.config.UseCaseSettings.ClassThresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Candidates and settings of solver tests. */
final class Pools {
    static final double MODEL_CHECKS = 0.25;

    private Pools() {}

    static UseCaseSettings settings(
            int budget, double audit, double boundary, double low, int perCamera, double perSite) {
        return settings(budget, audit, Map.of("boundary", boundary, "low-confidence", low), perCamera, perSite);
    }

    static UseCaseSettings settings(
            int budget, double audit, Map<String, Double> weights, int perCamera, double perSite) {
        return new UseCaseSettings(
                budget,
                audit,
                MODEL_CHECKS,
                weights,
                Map.of(),
                SegmentAllocation.ERRORS,
                Uncertainty.CONFIDENCE,
                UseCaseSettings.Boxes.NONE,
                true,
                10,
                new Caps(1_000_000, Duration.ofSeconds(10), Duration.ofSeconds(60), 3, perCamera, perSite, 1),
                new ClassThresholds(0.5, 0.1, 0.5, 0.8),
                Map.of(),
                List.of());
    }

    static UseCaseSettings with(Caps caps, UseCaseSettings s) {
        return with(s.signalBounds(), s.segmentAllocation(), caps, s);
    }

    /** The same with bounds of signals, named in kebab case. */
    static UseCaseSettings with(Map<String, Bounds> bounds, UseCaseSettings s) {
        return with(bounds, s.segmentAllocation(), s.caps(), s);
    }

    static UseCaseSettings with(SegmentAllocation allocation, UseCaseSettings s) {
        return with(s.signalBounds(), allocation, s.caps(), s);
    }

    private static UseCaseSettings with(
            Map<String, Bounds> bounds, SegmentAllocation allocation, Caps caps, UseCaseSettings s) {
        return new UseCaseSettings(
                s.budget(),
                s.auditShare(),
                s.modelCheckShare(),
                s.signalWeights(),
                bounds,
                allocation,
                s.uncertainty(),
                s.boxes(),
                s.versionsDisagree(),
                s.diversity(),
                caps,
                s.thresholds(),
                s.classes(),
                s.labels());
    }

    /** The same item with another class and time. */
    static PoolItem at(int second, @Nullable String label, PoolItem item) {
        return copy(
                item,
                item.itemId() + label,
                Instant.ofEpochSecond(second),
                label,
                item.segment(),
                item.verdict(),
                item.phash(),
                item.bucket(),
                item.heldBefore());
    }

    static PoolItem item(String signal, String image, String site, String camera, @Nullable Double score, double draw) {
        return new PoolItem(
                signal,
                signal + image,
                "id-" + image,
                image,
                Instant.EPOCH,
                site,
                camera,
                "m",
                "bag",
                0.5,
                score,
                draw,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false);
    }

    /** The same item with what its image looks like. */
    static PoolItem looking(@Nullable Long phash, @Nullable Integer bucket, PoolItem item) {
        return copy(
                item,
                item.itemId(),
                item.capturedAt(),
                item.label(),
                item.segment(),
                item.verdict(),
                phash,
                bucket,
                item.heldBefore());
    }

    static PoolItem audit(String image, double draw) {
        return item(Candidates.AUDIT, image, "s-" + image, "c-" + image, null, draw);
    }

    static PoolItem check(String image, double draw) {
        return item(Candidates.MODEL_CHECK, image, "s-" + image, "c-" + image, null, draw);
    }

    static PoolItem boundary(String image, double score) {
        return item(Candidates.BOUNDARY, image, "s-" + image, "c-" + image, score, 0.5);
    }

    static PoolItem low(String image, double score) {
        return item(Candidates.LOW_CONFIDENCE, image, "s-" + image, "c-" + image, score, 0.5);
    }

    static PoolItem elevated(String image, double score, String segment) {
        PoolItem item = item(Candidates.ELEVATED_SEGMENT, image, "s-" + image, "c-" + image, score, 0.5);
        return told(item, segment, null, false);
    }

    static PoolItem contradicted(String image, double score, String verdict) {
        PoolItem item = item(Candidates.CONFIDENT_WRONG, image, "s-" + image, "c-" + image, score, 0.5);
        return told(item, null, verdict, false);
    }

    static PoolItem heldBefore(PoolItem item) {
        return told(item, item.segment(), item.verdict(), true);
    }

    private static PoolItem told(
            PoolItem item, @Nullable String segment, @Nullable String verdict, boolean heldBefore) {
        return copy(
                item,
                item.itemId(),
                item.capturedAt(),
                item.label(),
                segment,
                verdict,
                item.phash(),
                item.bucket(),
                heldBefore);
    }

    private static PoolItem copy(
            PoolItem item,
            String id,
            Instant capturedAt,
            @Nullable String label,
            @Nullable String segment,
            @Nullable String verdict,
            @Nullable Long phash,
            @Nullable Integer bucket,
            boolean heldBefore) {
        return new PoolItem(
                item.signal(),
                id,
                item.inferenceId(),
                item.imageUri(),
                capturedAt,
                item.site(),
                item.camera(),
                item.modelVersion(),
                label,
                item.confidence(),
                item.score(),
                item.draw(),
                item.drawLimit(),
                item.frames(),
                segment,
                verdict,
                Candidates.VERSIONS_DISAGREE.equals(verdict) ? "m2" : null,
                phash,
                bucket,
                heldBefore);
    }

    static List<String> images(List<PoolItem> items) {
        return items.stream().map(PoolItem::imageUri).toList();
    }
}
