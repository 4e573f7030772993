package dev.winnow.progress;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import java.util.Optional;

/**
 * The life of a job: PLANNED, RUNNING, then one of DONE, FAILED and EXPIRED, which it never leaves. A pilot is PILOT in place of
 * RUNNING; what waits for one is PLANNED until it is RELEASED, and EXPIRED when nobody launched it for too long.
 */
final class JobLife {
    private JobLife() {}

    /**
     * Returns the status after one look at the service.
     *
     * @param items of the manifest
     * @param found what the service says; empty if it knows no such job
     * @param overdue whether the job was launched too long ago to be waited for; of one that waits for a pilot or was
     *     released by one, whether it did so too long ago
     * @param launched what the job is called once the service has all of it: RUNNING or PILOT
     * @param rest whether it is a pilot's rest
     */
    static String next(
            String status, long items, Optional<Status> found, boolean overdue, String launched, boolean rest) {
        if (LabelingJobs.TERMINAL.contains(status)) {
            return status;
        }
        State state = found.map(Status::state).orElse(State.RUNNING);
        if (state == State.FAILED) {
            return LabelingJobs.FAILED;
        }
        if (state == State.EXPIRED) {
            return LabelingJobs.EXPIRED;
        }
        boolean known = !status.equals(LabelingJobs.PLANNED) && !status.equals(LabelingJobs.RELEASED);
        boolean whole = found.isPresent() && found.get().items() >= items;
        if (!known && !whole) {
            // A launch that was killed is repeated, not waited for.
            return rest && overdue && found.isEmpty() ? LabelingJobs.EXPIRED : status;
        }
        if (state == State.DONE) {
            return LabelingJobs.DONE;
        }
        if (known) {
            return overdue ? LabelingJobs.EXPIRED : status;
        }
        return launched;
    }
}
