package dev.winnow.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiversityTest {
    /** Items by falling score, named by their places from 0. */
    private static List<PoolItem> pool(@Nullable Integer... buckets) {
        List<PoolItem> items = new ArrayList<>();
        for (int i = 0; i < buckets.length; i++) {
            items.add(Pools.looking(null, buckets[i], Pools.boundary("" + i, 1 - i / 100.0)));
        }
        return items;
    }

    @Test
    void bucketsTakeTurnsTheSmallestFirstAndEachGivesItsBest() {
        assertThat(Pools.images(Diversity.ordered(pool(7, 7, 7, 3, 7, 3, 9), 7)))
                .containsExactly("6", "3", "0", "5", "1", "2", "4");
    }

    @Test
    void onlyTheBestTakeTurns() {
        assertThat(Pools.images(Diversity.ordered(pool(7, 7, 7, 3, 9, 9), 4)))
                .containsExactly("3", "0", "1", "2", "4", "5");
    }

    @Test
    void imagesWithoutAnEmbeddingShareABucketAndWithoutAnyNothingChanges() {
        assertThat(Pools.images(Diversity.ordered(pool(null, null, 3), 3))).containsExactly("2", "0", "1");
        List<PoolItem> plain = pool(null, null);
        assertThat(Diversity.ordered(plain, 2)).isSameAs(plain);
    }

    @Test
    void aSignalWithoutAShareKeepsItsOrder() {
        assertThat(Pools.images(Diversity.ordered(pool(7, 7, 3), 0))).containsExactly("0", "1", "2");
    }
}
