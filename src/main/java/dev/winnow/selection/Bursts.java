package dev.winnow.selection;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Images of one camera and class that follow each other closely, and so show much the same. A burst goes on while the next
 * image of the pool follows within a gap, and ends before the image that would make it too long.
 */
final class Bursts {
    /** Where bursts come from; frames without output are a class of their own. */
    record Source(String camera, @Nullable String label) {}

    /** An image of a source. */
    record Shot(Source source, Instant at) {
        static Shot of(PoolItem item) {
            return new Shot(new Source(item.camera(), item.label()), item.capturedAt());
        }

        private List<Object> day() {
            return List.of(source.camera, at.truncatedTo(ChronoUnit.DAYS));
        }
    }

    /**
     * One burst.
     *
     * @param source camera and class
     * @param begin time of its first image
     */
    record Burst(Source source, Instant begin) {}

    private final Map<Source, NavigableSet<Instant>> begins = new HashMap<>();
    private final boolean timed;

    /**
     * Finds the bursts of a pool, whatever signals speak for its images. Where no camera has two times on one day, the log
     * writes dates and not times, which tell no bursts.
     *
     * @param gap most time between two images of a burst that follow each other
     * @param longest most time between the first and the last image of a burst
     */
    Bursts(Collection<Shot> pool, Duration gap, Duration longest) {
        Map<Source, NavigableSet<Instant>> times = new HashMap<>();
        Map<List<Object>, Instant> first = new HashMap<>();
        boolean several = pool.size() < 2;
        for (Shot shot : pool) {
            times.computeIfAbsent(shot.source, source -> new TreeSet<>()).add(shot.at);
            several |= !shot.at.equals(first.computeIfAbsent(shot.day(), day -> shot.at));
        }
        timed = several;
        times.forEach((source, inOrder) -> begins.put(source, begins(inOrder, gap, longest)));
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
        if (!timed) {
            return null;
        }
        NavigableSet<Instant> known = Objects.requireNonNull(begins.get(shot.source), "an item of another pool");
        return new Burst(shot.source, Objects.requireNonNull(known.floor(shot.at), "an item of another pool"));
    }
}
