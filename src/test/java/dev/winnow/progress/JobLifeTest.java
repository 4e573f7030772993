package dev.winnow.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobLifeTest {
    /** A job of ten items; the service's state is empty where it knows no such job. */
    @ParameterizedTest
    @CsvSource({
        "PLANNED,         ,  0, false, PLANNED,",
        "PLANNED,         ,  0, true,  PLANNED,",
        "PLANNED,  RUNNING,  4, false, PLANNED,",
        "PLANNED,  DONE,     4, false, PLANNED,",
        "PLANNED,  RUNNING, 10, false, RUNNING,",
        "PLANNED,  DONE,    10, false, DONE,",
        "PLANNED,  FAILED,   0, false, FAILED,",
        "RELEASED, RUNNING, 10, false, RUNNING,",
        "PILOT,    RUNNING, 10, false, PILOT,",
        "PILOT,    DONE,    10, false, DONE,",
        "RUNNING,  RUNNING,  0, false, RUNNING,",
        "RUNNING,  RUNNING, 10, true,  EXPIRED,",
        "RUNNING,  DONE,    10, true,  DONE,",
        "RUNNING,  EXPIRED, 10, false, EXPIRED,",
        "RUNNING,  FAILED,  10, true,  FAILED,",
        "RUNNING,         ,  0, false, RUNNING,",
        "RUNNING,         ,  0, true,  EXPIRED,",
        "DONE,     FAILED,  10, true,  DONE,",
        "FAILED,   RUNNING, 10, false, FAILED,",
        "EXPIRED,  DONE,    10, false, EXPIRED,",
        "PLANNED,  RUNNING, 10, false, PILOT,    PILOT",
        "PLANNED,  RUNNING,  4, false, PLANNED,  PILOT",
        "PILOT,    RUNNING, 10, true,  EXPIRED,  PILOT",
        "PILOT,    FAILED,   0, false, FAILED,   PILOT",
        "PLANNED,         ,  0, false, PLANNED,  REST",
        "PLANNED,         ,  0, true,  EXPIRED,  REST",
        "PLANNED,  RUNNING,  4, true,  PLANNED,  REST",
        "PLANNED,  RUNNING, 10, false, RUNNING,  REST",
        "RELEASED,        ,  0, false, RELEASED, REST",
        "RELEASED,        ,  0, true,  EXPIRED,  REST",
        "RELEASED, RUNNING, 10, false, RUNNING,  REST",
        "RELEASED, DONE,    10, false, DONE,     REST"
    })
    void aJobMovesForwardAndNeverLeavesItsEnd(
            String status, State state, long items, boolean overdue, String next, String part) {
        boolean rest = "REST".equals(part);
        String launched = "PILOT".equals(part) ? LabelingJobs.PILOT : LabelingJobs.RUNNING;
        Optional<Status> found = Optional.ofNullable(state)
                .map(known -> new Status("id", known, Instant.EPOCH, items, 0, 0, 1, null, null, null));
        assertThat(JobLife.next(status, 10, found, overdue, launched, rest)).isEqualTo(next);
    }
}
