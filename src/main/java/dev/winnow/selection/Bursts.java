package dev.winnow.selection;

import dev.winnow.config.UseCaseSettings;
import dev.winnow.stats.HammingClusters;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Images of one camera and class that show much the same. A burst goes on while the next image of the pool follows within a
 * gap, and ends before the image that would make it too long; bursts of a day that have images with nearly the same
 * perceptual hash are one.
 */
final class Bursts {
    /** Where bursts come from; frames without output are a class of their own. */
    record Source(String camera, @Nullable String label) {}

    /**
     * An image of a source.
     *
     * @param phash perceptual hash, 64 bits; null if unknown
     */
    record Shot(Source source, Instant at, @Nullable Long phash) {
        static Shot of(PoolItem item) {
            return new Shot(new Source(item.camera(), item.label()), item.capturedAt(), item.phash());
        }
    }

    /** A source on one UTC day: only there hashes are compared, as over a corpus near-hits are chance. */
    private record SourceDay(Source source, Instant day) {
        static SourceDay of(Shot shot) {
            return new SourceDay(shot.source, shot.at.truncatedTo(ChronoUnit.DAYS));
        }
    }

    /**
     * One burst.
     *
     * @param source camera and class
     * @param begin time of its first image; without times the day
     * @param look tells the bursts of a day apart that only hashes tell; 0 where times do
     */
    record Burst(Source source, Instant begin, int look) {}

    private final Map<Source, NavigableSet<Instant>> begins = new HashMap<>();
    private final Map<Burst, Burst> joined = new HashMap<>();
    private final Map<SourceDay, Map<Long, Integer>> looks = new HashMap<>();
    private final boolean timed;

    /**
     * Finds the bursts of a pool, whatever signals speak for its images. Where no camera has two times on one day, the log
     * writes dates and not times, which tell no bursts, nor do they where the gap is negative; hashes still do.
     */
    Bursts(Collection<Shot> pool, UseCaseSettings.Caps caps) {
        Map<Source, NavigableSet<Instant>> times = new HashMap<>();
        Map<String, Map<Instant, Instant>> first = new HashMap<>();
        boolean several = pool.size() < 2;
        for (Shot shot : pool) {
            times.computeIfAbsent(shot.source, source -> new TreeSet<>()).add(shot.at);
            Instant firstOfDay = first.computeIfAbsent(shot.source.camera, camera -> new HashMap<>())
                    .computeIfAbsent(SourceDay.of(shot).day, day -> shot.at);
            several |= !shot.at.equals(firstOfDay);
        }
        timed = several && !caps.burstGap().isNegative();
        times.forEach((source, inOrder) -> begins.put(source, begins(inOrder, caps.burstGap(), caps.burstLength())));
        Map<SourceDay, List<Shot>> hashed = new HashMap<>();
        pool.stream()
                .filter(shot -> shot.phash != null)
                .forEach(shot -> hashed.computeIfAbsent(SourceDay.of(shot), day -> new ArrayList<>())
                        .add(shot));
        hashed.forEach((day, shots) -> looks.put(day, looks(shots, caps.phashDistance())));
        if (timed) {
            hashed.values().forEach(this::join);
        }
    }

    /** Hash to the number of the group of hashes that differ little. */
    private static Map<Long, Integer> looks(List<Shot> shots, int distance) {
        long[] hashes = shots.stream()
                .mapToLong(shot -> Objects.requireNonNull(shot.phash))
                .sorted()
                .distinct()
                .toArray();
        int[] groups = HammingClusters.of(hashes, distance);
        Map<Long, Integer> looks = new HashMap<>();
        for (int i = 0; i < hashes.length; i++) {
            looks.put(hashes[i], groups[i] + 1);
        }
        return looks;
    }

    /** Joins the bursts of one source and day that share a look; the earliest stands for them. */
    private void join(List<Shot> shots) {
        Map<Integer, Burst> byLook = new HashMap<>();
        for (Shot shot : shots) {
            Burst burst = root(timed(shot));
            Burst other = byLook.putIfAbsent(look(shot), burst);
            if (other != null && !root(other).equals(burst)) {
                Burst known = root(other);
                boolean earlier = known.begin.isBefore(burst.begin);
                joined.put(earlier ? burst : known, earlier ? known : burst);
            }
        }
    }

    private Burst root(Burst burst) {
        Burst root = burst;
        for (Burst next = joined.get(root); next != null; next = joined.get(root)) {
            root = next;
        }
        return root;
    }

    private int look(Shot shot) {
        return Objects.requireNonNull(looks.get(SourceDay.of(shot)), "an item of another pool")
                .getOrDefault(Objects.requireNonNull(shot.phash), 0);
    }

    private Burst timed(Shot shot) {
        NavigableSet<Instant> known = Objects.requireNonNull(begins.get(shot.source), "an item of another pool");
        return new Burst(shot.source, Objects.requireNonNull(known.floor(shot.at), "an item of another pool"), 0);
    }

    private static NavigableSet<Instant> begins(NavigableSet<Instant> times, Duration gap, Duration longest) {
        NavigableSet<Instant> begins = new TreeSet<>();
        Instant last = Instant.MIN;
        for (Instant time : times) {
            boolean goesOn = !begins.isEmpty()
                    && Duration.between(last, time).compareTo(gap) <= 0
                    && Duration.between(begins.last(), time).compareTo(longest) <= 0;
            if (!goesOn) {
                begins.add(time);
            }
            last = time;
        }
        return begins;
    }

    /** Returns the burst of an image of the pool; null where nothing tells bursts. */
    @Nullable
    Burst of(Shot shot) {
        if (timed) {
            return root(timed(shot));
        }
        return shot.phash == null ? null : new Burst(shot.source, SourceDay.of(shot).day, look(shot));
    }
}
