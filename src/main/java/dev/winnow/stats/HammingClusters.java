package dev.winnow.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups 64-bit hashes that differ in few bits: connected components of the pairs within a distance.
 *
 * <p>Two hashes that differ in at most d bits agree in one of d + 1 bands of bits at least (pigeonhole), so only hashes that
 * share a band are compared, and no pair is missed.
 */
public final class HammingClusters {
    private final int[] parents;

    private HammingClusters(int size) {
        parents = new int[size];
        for (int i = 0; i < size; i++) {
            parents[i] = i;
        }
    }

    /**
     * Returns for each hash the lowest index of its group.
     *
     * @param distance bits in which two hashes of a pair may differ, 0 to 63
     */
    public static int[] of(long[] hashes, int distance) {
        if (distance < 0 || distance > 63) {
            throw new IllegalArgumentException("Expected a distance of 0 to 63 bits, got " + distance);
        }
        HammingClusters clusters = new HammingClusters(hashes.length);
        int bands = distance + 1;
        for (int band = 0; band < bands; band++) {
            int from = band * Long.SIZE / bands;
            int bits = (band + 1) * Long.SIZE / bands - from;
            Map<Long, List<Integer>> buckets = new HashMap<>();
            for (int i = 0; i < hashes.length; i++) {
                long value = hashes[i] << from >>> (Long.SIZE - bits);
                buckets.computeIfAbsent(value, v -> new ArrayList<>()).add(i);
            }
            buckets.values().forEach(bucket -> clusters.join(hashes, bucket, distance));
        }
        int[] groups = new int[hashes.length];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = clusters.root(i);
        }
        return groups;
    }

    private void join(long[] hashes, List<Integer> bucket, int distance) {
        for (int i = 1; i < bucket.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (Long.bitCount(hashes[bucket.get(i)] ^ hashes[bucket.get(j)]) <= distance) {
                    int one = root(bucket.get(i));
                    int other = root(bucket.get(j));
                    parents[Math.max(one, other)] = Math.min(one, other);
                }
            }
        }
    }

    private int root(int index) {
        int root = index;
        while (parents[root] != root) {
            parents[root] = parents[parents[root]];
            root = parents[root];
        }
        return root;
    }
}
