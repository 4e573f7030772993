package dev.winnow.selection;

import dev.winnow.config.UseCaseSettings;
import dev.winnow.selection.Bursts.Shot;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How much each burst, camera, site and class has given, and may give, in one round. */
final class Caps {
    /** 0.29 x 100 is 29, though doubles make it less. */
    private static final double ROUNDING = 1e-9;

    private final Map<Cap, Integer> most = new EnumMap<>(Cap.class);
    private final Map<Cap, Function<PoolItem, @Nullable Object>> groups = new EnumMap<>(Cap.class);
    private final Map<Cap, Map<Object, Integer>> taken = new EnumMap<>(Cap.class);

    /**
     * Opens the caps of a use case over all that it may choose from.
     *
     * @param held images that earlier rounds chose: they count for their bursts, which go on from day to day in the pool
     */
    Caps(UseCaseSettings settings, Collection<PoolItem> pool, Collection<Shot> held) {
        UseCaseSettings.Caps caps = settings.caps();
        Bursts bursts = new Bursts(
                Stream.concat(pool.stream().map(Shot::of), held.stream()).toList(), caps);
        cap(Cap.BURST, item -> bursts.of(Shot.of(item)), caps.perBurst());
        held.stream()
                .map(bursts::of)
                .filter(Objects::nonNull)
                .forEach(burst -> at(taken, Cap.BURST).merge(burst, 1, Integer::sum));
        cap(Cap.CAMERA, PoolItem::camera, caps.perCamera());
        cap(Cap.SITE, PoolItem::site, share(caps.siteShare(), settings.budget(), pool, PoolItem::site));
        cap(Cap.CLASS, PoolItem::label, share(caps.classShare(), settings.budget(), pool, PoolItem::label));
    }

    private void cap(Cap cap, Function<PoolItem, @Nullable Object> group, int images) {
        groups.put(cap, group);
        most.put(cap, images);
        taken.put(cap, new HashMap<>());
    }

    /** With few groups a share below an even split could never spend the budget. */
    private static int share(
            double share, int budget, Collection<PoolItem> pool, Function<PoolItem, @Nullable Object> group) {
        long groups =
                pool.stream().map(group).filter(Objects::nonNull).distinct().count();
        return (int) Math.max(Math.floor(share * budget + ROUNDING), Math.ceil((double) budget / Math.max(1, groups)));
    }

    /** Returns the finest cap that keeps an item out; none if it fits. */
    Optional<Cap> holding(PoolItem item) {
        for (Cap cap : Cap.values()) {
            Object group = at(groups, cap).apply(item);
            if (group != null && at(taken, cap).getOrDefault(group, 0) >= at(most, cap)) {
                return Optional.of(cap);
            }
        }
        return Optional.empty();
    }

    /** Counts an item that was taken. */
    void take(PoolItem item) {
        for (Cap cap : Cap.values()) {
            Object group = at(groups, cap).apply(item);
            if (group != null) {
                at(taken, cap).merge(group, 1, Integer::sum);
            }
        }
    }

    private static <T> T at(Map<Cap, T> map, Cap cap) {
        return Objects.requireNonNull(map.get(cap));
    }
}
