package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.generate.FleetSettings;
import dev.winnow.segments.FleetScore.Share;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is reported of generated fleets, held against what was planted; 200 fleets are {@code scripts/bench power}. */
class FleetFindingsTest {
    private static final LocalDate FIRST = LocalDate.of(2026, 5, 1);
    private static final int FLEETS = 6;

    private static List<FleetScore> scores = List.of();

    @BeforeAll
    static void lookAtFleets() {
        scores = LongStream.range(0, FLEETS)
                .mapToObj(seed -> FleetScore.of(FleetFindings.of(
                        new FleetSettings(
                                seed, FIRST, 30, FIRST.plusDays(15), 60, 600, 10_000, FleetSettings.Images.NONE, null),
                        0.1)))
                .toList();
    }

    @Test
    void ofWhatIsReportedHardlyAnythingIsNoWorseThanTheRest() {
        Share onTheseCameras = FleetScore.meanShare(scores, FleetScore::noWorse);
        Share onTypicalCameras = FleetScore.meanShare(scores, FleetScore::noWorseOfTypicalCameras);

        assertThat(scores).allMatch(score -> score.reported() > 0);
        assertThat(onTheseCameras.mean()).isLessThanOrEqualTo(0.05 + 2 * onTheseCameras.error());
        assertThat(onTypicalCameras.mean()).isLessThanOrEqualTo(0.05 + 2 * onTypicalCameras.error());
    }

    @Test
    void plantedSegmentsAtTwiceTheRateAreReported() {
        Share planted = FleetScore.sum(scores).planted().values().stream()
                .reduce(Share::plus)
                .orElseThrow();

        // Two use cases, three segments of at least twice the rate; some have too few judged alarms.
        assertThat(planted.count()).isGreaterThan(3 * FLEETS);
        assertThat(planted.mean()).isGreaterThanOrEqualTo(0.8);
    }
}
