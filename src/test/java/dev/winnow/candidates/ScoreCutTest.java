package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.candidates.ScoreCut.Bin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreCutTest {
    private static final int BINS = 20;

    /** One row: its score and its hash draw. */
    private record Scored(double score, double draw) {}

    private static long kept(ScoreCut cut, List<Scored> rows) {
        return rows.stream()
                .filter(row -> row.score >= cut.keep() || (row.score >= cut.consider() && row.draw < cut.share()))
                .count();
    }

    private static List<Bin> bins(List<Scored> rows) {
        long[] counts = new long[BINS];
        rows.forEach(row -> counts[Math.min(BINS - 1, (int) (row.score * BINS))]++);
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                bins.add(new Bin((double) i / BINS, (i + 1.0) / BINS, counts[i], true));
            }
        }
        return bins;
    }

    private static List<Scored> drawn(Random random, int rows, java.util.function.DoubleSupplier scores) {
        List<Scored> drawn = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            drawn.add(new Scored(scores.getAsDouble(), random.nextDouble()));
        }
        return drawn;
    }

    @ParameterizedTest
    @CsvSource({"1, 10000", "10, 10000", "100, 10000", "1000, 10000", "5000, 10000", "9999, 10000"})
    void evenScoresKeepWhatIsWantedAndNotThreeTimesAsMuch(long wanted, int rows) {
        Random random = new Random(wanted);
        List<Scored> all = drawn(random, rows, random::nextDouble);
        assertThat(kept(ScoreCut.of(bins(all), wanted), all)).isBetween(wanted, 3 * wanted + 150L);
    }

    @ParameterizedTest
    @CsvSource({"0.0", "0.05", "0.3333", "0.5", "0.949999", "0.95", "0.999", "1.0"})
    void rowsAllOfOneScoreKeepAtLeastWhatIsWanted(double score) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<Scored> all = drawn(random, 2_000, () -> score);
            assertThat(kept(ScoreCut.of(bins(all), 100), all))
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(100);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lumpyScoresKeepAtLeastWhatIsWantedWhereThatManyExist(long seed) {
        Random random = new Random(seed);
        double[] lumps = random.doubles(1 + random.nextInt(6)).toArray();
        double even = random.nextDouble();
        List<Scored> all = drawn(
                random,
                random.nextInt(3_000),
                () -> random.nextDouble() < even ? random.nextDouble() : lumps[random.nextInt(lumps.length)]);
        long wanted = 1L + random.nextInt(1_500);
        assertThat(kept(ScoreCut.of(bins(all), wanted), all)).isGreaterThanOrEqualTo(Math.min(wanted, all.size()));
    }

    @Test
    void binsThatReachBeyondTheBandDoNotCountTowardsWhatIsWanted() {
        List<Bin> bins = List.of(new Bin(0.5, 1, 50, true), new Bin(0, 0.5, 1_000_000, false));
        assertThat(ScoreCut.of(bins, 51)).isEqualTo(ScoreCut.NONE);
        ScoreCut cut = ScoreCut.of(bins, 50);
        assertThat(cut.consider()).isEqualTo(0.5);
        assertThat(cut.share()).isEqualTo(1);
    }

    @Test
    void nothingIsCutWhereTooFewRowsExistAndNothingIsKeptWhereNoneIsWanted() {
        assertThat(ScoreCut.of(List.of(), 1)).isEqualTo(ScoreCut.NONE);
        assertThat(ScoreCut.of(List.of(new Bin(0, 1, 3, true)), 4)).isEqualTo(ScoreCut.NONE);
        assertThat(kept(ScoreCut.of(List.of(new Bin(0.9, 1, 3, true)), 0), List.of(new Scored(1, 0))))
                .isZero();
        assertThat(kept(ScoreCut.of(List.of(), 0), List.of(new Scored(1, 0)))).isZero();
    }
}
