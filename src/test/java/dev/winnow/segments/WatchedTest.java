package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.SegmentSettings;
import dev.winnow.testing.Configs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedTest {
    private static final SegmentSettings SETTINGS =
            Configs.of("segments.min-judged = 10").segments();

    private static SegmentCounts counts(List<String> values, long wrong, long confirmed) {
        return new SegmentCounts(
                "u",
                List.of("light", "site").subList(0, values.size()),
                values,
                100_000,
                wrong,
                confirmed,
                0,
                0,
                9,
                0,
                0,
                0,
                false);
    }

    private static List<Watched> choose(List<SegmentCounts> segments) {
        return Watched.choose(Finding.rank(segments, SETTINGS), counts -> segments.indexOf(counts));
    }

    @Test
    void theWholeComesFirstThenSingleOnesBySizeThenTheWorst() {
        List<SegmentCounts> segments = List.of(
                counts(List.of("dusk", "s1"), 40, 60),
                counts(List.of("day"), 10, 990),
                counts(List.of(), 100, 1_900),
                counts(List.of("night"), 90, 910),
                counts(List.of("dawn"), 0, 3),
                counts(List.of("dusk", "s2"), 1, 2));

        // The last has too few verdicts to be ranked; single ones are there whatever they have.
        assertThat(choose(segments)).extracting(Watched::id).containsExactly(2L, 1L, 3L, 4L, 0L);
    }

    @Test
    void atMostAThousandAreChosenAndHalfOfThemBecauseTheyAreLarge() {
        List<SegmentCounts> segments = new ArrayList<>(List.of(counts(List.of(), 9_000, 90_000)));
        for (int i = 0; i < 1_200; i++) {
            segments.add(counts(List.of("l" + i), 1, 4));
            segments.add(counts(List.of("l" + i, "s"), 4, 20));
        }

        List<Watched> chosen = choose(segments);
        assertThat(chosen).hasSize(1_000).doesNotHaveDuplicates();
        assertThat(chosen).filteredOn(w -> w.counts().dimensions().size() == 1).hasSize(500);
    }

    @Test
    void aSegmentIsJudgedAsItsUseCaseUnlessItHasTooFewConfirmations() {
        SegmentCounts complaints = counts(List.of("night"), 90, 10);

        assertThat(choose(List.of(counts(List.of(), 100, 1_900), complaints)))
                .extracting(Watched::measure)
                .containsExactly(Measure.FDR, null);
        assertThat(choose(List.of(counts(List.of(), 1_900, 100), complaints)))
                .extracting(Watched::measure)
                .containsExactly(Measure.MARKS, Measure.MARKS);
    }
}
