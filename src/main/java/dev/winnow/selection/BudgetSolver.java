package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.SegmentAllocation;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.UseCaseSettings.Bounds;
import dev.winnow.selection.Bursts.Shot;
import dev.winnow.stats.Allotment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Spends the budget of one use case; plain Java over a bounded pool.
 *
 * <p>The audit is drawn first, uniformly by its own hash, before caps and exclusions, and keeps its images; then what
 * checks the model, in the same way from fewer images. Each signal then takes its share by score, where images have
 * embeddings by {@link Diversity} among its best, an image at most once, no
 * burst, camera, site or class beyond its {@link Cap}. What a signal can't use spills to the next in order, none beyond its
 * ceiling; what no signal can use is drawn uniformly as {@code FILL}. So the budget is spent, or nothing that is left may
 * be chosen.
 */
final class BudgetSolver {
    private final UseCaseSettings settings;
    private final Map<String, List<PoolItem>> pools;
    private final Caps caps;
    private final Predicate<PoolItem> usable;

    private final Map<String, List<PoolItem>> chosen = new LinkedHashMap<>();
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Set<String> images = new HashSet<>();

    /** How far the audit's draw went down its list; the fill goes on from there. */
    private int auditSeen;

    /**
     * What a signal was given and what held it back.
     *
     * @param quota images the budget gave it at first
     * @param eligible items in its pool
     * @param held cap to the items passed over because it was full; of several the finest
     * @param unusable items passed over because their image can't be labeled
     * @param drawnElsewhere items of a draw that the draw before it had taken
     * @param heldByCeiling items that could have been chosen when the signal had as many images as its ceiling allows
     */
    record Tally(int quota, int eligible, Map<Cap, Integer> held, int unusable, int drawnElsewhere, int heldByCeiling) {
        static Tally of(int quota, int eligible) {
            return new Tally(quota, eligible, Map.of(), 0, 0, 0);
        }

        Tally passedOver(Map<Cap, Integer> heldBack, int notUsable) {
            return new Tally(quota, eligible, heldBack, notUsable, drawnElsewhere, heldByCeiling);
        }

        Tally atCeiling(int heldBack) {
            return new Tally(quota, eligible, held, unusable, drawnElsewhere, heldBack);
        }

        int heldBy(Cap cap) {
            return held.getOrDefault(cap, 0);
        }
    }

    /**
     * The outcome.
     *
     * @param chosen signal to its images, in rank order
     * @param tallies signal to what held it back
     */
    record Spent(Map<String, List<PoolItem>> chosen, Map<String, Tally> tallies) {
        /**
         * Probability with which a draw took an image that can be labeled, where it was made from {@code population}
         * images: what it passed over because the image can't be labeled makes the others likelier, and what another draw
         * had taken is no part of them.
         *
         * @param signal one of {@link Candidates#DRAWN}
         */
        double probability(String signal, double population) {
            Tally tally = tally(signal);
            int seen = of(signal).size() + tally.unusable();
            return Math.min(1, seen / Math.max(1, population - tally.drawnElsewhere()));
        }

        /** Images charged to a signal, in rank order. */
        List<PoolItem> of(String signal) {
            return chosen.getOrDefault(signal, List.of());
        }

        Tally tally(String signal) {
            return tallies.getOrDefault(signal, Tally.of(0, 0));
        }

        int total() {
            return chosen.values().stream().mapToInt(List::size).sum();
        }
    }

    private BudgetSolver(UseCaseSettings settings, List<PoolItem> pool, List<Shot> held, Predicate<PoolItem> usable) {
        this.settings = settings;
        this.usable = usable;
        this.pools = new TreeMap<>();
        Candidates.DRAWN.forEach(signal -> pools.put(signal, sorted(pool, signal, PoolItem.BY_DRAW)));
        Candidates.SCORED.forEach(signal -> pools.put(signal, sorted(pool, signal, PoolItem.BY_SCORE)));
        this.caps = new Caps(settings, pool, held);
    }

    private static List<PoolItem> sorted(List<PoolItem> pool, String signal, Comparator<PoolItem> order) {
        return pool.stream()
                .filter(item -> item.signal().equals(signal))
                .sorted(order)
                .toList();
    }

    private List<PoolItem> pool(String signal) {
        return pools.getOrDefault(signal, List.of());
    }

    /**
     * Spends the budget.
     *
     * @param pool candidates of the use case, in any order
     * @param held images that earlier rounds chose, of the days that the pool is of
     * @param usable whether an item's image can be labeled at all
     */
    static Spent spend(UseCaseSettings settings, List<PoolItem> pool, List<Shot> held, Predicate<PoolItem> usable) {
        return new BudgetSolver(settings, pool, held, usable).run();
    }

    private Spent run() {
        // A signal without candidates has no quota: the others share it by their weights.
        Map<String, Integer> quotas = quotas(settings, signal -> !pool(signal).isEmpty());
        int left = settings.budget();
        int spill = 0;
        for (String signal : Candidates.DRAWN) {
            int quota = quotas.getOrDefault(signal, 0);
            int drawn = draw(signal, quota);
            left -= drawn;
            spill += quota - drawn;
        }
        for (String signal : Candidates.SCORED) {
            chosen.put(signal, new ArrayList<>());
            int quota = quotas.getOrDefault(signal, 0);
            tallies.put(signal, Tally.of(quota, pool(signal).size()));
            int share = Math.min(left, quota + (spills(signal) ? spill : 0));
            pools.put(signal, Diversity.ordered(pool(signal), diversity(signal) * quota));
            int taken = takeWithin(signal, share);
            spill += quota - taken;
            left -= taken;
        }
        for (String signal : Candidates.SCORED) {
            // What the last signals could not use goes back to the first ones.
            if (spills(signal) && room(signal) > 0) {
                left -= takeWithin(signal, left);
            }
        }
        List<PoolItem> rest =
                pool(Candidates.AUDIT).subList(auditSeen, pool(Candidates.AUDIT).size());
        chosen.put(Selections.FILL, new ArrayList<>());
        tallies.put(Selections.FILL, Tally.of(0, rest.size()));
        take(Selections.FILL, rest, left);
        return new Spent(chosen, tallies);
    }

    /** Whether a signal takes what others leave: one without weight has its floor alone. */
    private boolean spills(String signal) {
        return settings.weight(Candidates.settingOf(signal)) > 0;
    }

    /** Looks have no say where a sample of alarms is to tell a rate. */
    private int diversity(String signal) {
        boolean sampled =
                signal.equals(Candidates.ELEVATED_SEGMENT) && settings.segmentAllocation() == SegmentAllocation.RATES;
        return sampled ? 0 : settings.diversity();
    }

    /** Images that a signal may have beside those it has. */
    private int room(String signal) {
        return settings.bounds(Candidates.settingOf(signal)).max()
                - chosen.getOrDefault(signal, List.of()).size();
    }

    /** Takes up to {@code wanted} more items, none beyond the ceiling; where that ends it, counts what else could follow. */
    private int takeWithin(String signal, int wanted) {
        int room = room(signal);
        int taken = take(signal, pool(signal), Math.min(wanted, room));
        if (taken == room) {
            int held = (int) pool(signal).stream()
                    .filter(item -> !item.heldBefore() && !images.contains(item.imageUri()))
                    .filter(item -> usable.test(item) && caps.holding(item).isEmpty())
                    .count();
            tallies.computeIfPresent(signal, (s, tally) -> tally.atCeiling(held));
        }
        return taken;
    }

    /**
     * Splits the budget over draws and signals by largest remainder. A draw that is not offered, or a signal, leaves its
     * share to the signals; without any signal the draws have theirs alone. What the draws leave is split anew where a
     * signal's part is not within its bounds.
     *
     * @param offers whether a signal has candidates at all
     */
    static Map<String, Integer> quotas(UseCaseSettings settings, Predicate<String> offers) {
        Map<String, Double> shares = new TreeMap<>();
        Candidates.SCORED.forEach(
                signal -> shares.put(signal, offers.test(signal) ? settings.weight(Candidates.settingOf(signal)) : 0));
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        double check = offers.test(Candidates.MODEL_CHECK)
                ? Math.min(settings.modelCheckShare(), 1 - settings.auditShare())
                : 0;
        double drawn = settings.auditShare() + check;
        shares.replaceAll((signal, weight) -> sum == 0 ? 0 : (1 - drawn) * weight / sum);
        shares.put(Candidates.AUDIT, settings.auditShare());
        shares.put(Candidates.MODEL_CHECK, check);
        int spent = sum == 0 ? (int) Math.round(drawn * settings.budget()) : settings.budget();
        Map<String, Integer> quotas = Allotment.largestRemainder(spent, shares);
        Map<String, Bounds> bounds = new TreeMap<>();
        Candidates.SCORED.stream()
                .filter(offers)
                .forEach(signal -> bounds.put(signal, settings.bounds(Candidates.settingOf(signal))));
        if (!bounds.entrySet().stream()
                .allMatch(bound -> bound.getValue().allow(quotas.getOrDefault(bound.getKey(), 0)))) {
            int left = settings.budget();
            for (String draw : Candidates.DRAWN) {
                left -= quotas.getOrDefault(draw, 0);
                shares.remove(draw);
            }
            Map<String, Integer> floors = new TreeMap<>();
            Map<String, Integer> ceilings = new TreeMap<>();
            bounds.forEach((signal, bound) -> {
                floors.put(signal, bound.min());
                ceilings.put(signal, bound.max());
            });
            quotas.putAll(Allotment.withinLimits(left, shares, floors, ceilings));
        }
        return quotas;
    }

    /** Takes the first of a pool that can be labeled; returns how many. */
    private int draw(String signal, int quota) {
        List<PoolItem> drawn = new ArrayList<>();
        List<PoolItem> free = pool(signal).stream()
                .filter(item -> !images.contains(item.imageUri()))
                .toList();
        int seen = 0;
        int unusable = 0;
        for (PoolItem item : free) {
            if (drawn.size() == quota) {
                break;
            }
            seen++;
            if (usable.test(item)) {
                if (images.add(item.imageUri())) {
                    drawn.add(item);
                }
            } else {
                unusable++;
            }
        }
        if (signal.equals(Candidates.AUDIT)) {
            auditSeen = seen;
        }
        chosen.put(signal, drawn);
        int elsewhere = pool(signal).size() - free.size();
        tallies.put(signal, new Tally(quota, free.size(), Map.of(), unusable, elsewhere, 0));
        return drawn.size();
    }

    /** Takes up to {@code wanted} more items in the list's order; returns how many it took. */
    private int take(String signal, List<PoolItem> items, int wanted) {
        List<PoolItem> taken = chosen.computeIfAbsent(signal, s -> new ArrayList<>());
        int before = taken.size();
        Map<Cap, Integer> held = new EnumMap<>(Cap.class);
        int unusable = 0;
        for (PoolItem item : items) {
            if (taken.size() - before >= wanted) {
                break;
            }
            if (item.heldBefore() || images.contains(item.imageUri())) {
                continue;
            }
            if (!usable.test(item)) {
                unusable++;
                continue;
            }
            Optional<Cap> full = caps.holding(item);
            if (full.isPresent()) {
                held.merge(full.get(), 1, Integer::sum);
            } else {
                taken.add(item);
                images.add(item.imageUri());
                caps.take(item);
            }
        }
        if (wanted > 0) {
            int notUsable = unusable;
            tallies.computeIfPresent(signal, (s, tally) -> tally.passedOver(held, notUsable));
        }
        return taken.size() - before;
    }
}
