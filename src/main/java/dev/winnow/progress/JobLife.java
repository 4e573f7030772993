package dev.winnow.progress;

import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.LabelingService.State;
import dev.winnow.ports.LabelingService.Status;
import java.util.Optional;

/** The life of a job: PLANNED, RUNNING, then one of DONE, FAILED and EXPIRED, which it never leaves. */
final class JobLife {
    private JobLife() {}

    /**
     * Returns the status after one look at the service.
     *
     * @param items of the manifest
     * @param found what the service says; empty if it knows no such job
     * @param overdue whether the job was launched too long ago to be waited for
     */
    static String next(String status, long items, Optional<Status> found, boolean overdue) {
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
        boolean launched = !status.equals(LabelingJobs.PLANNED) && !status.equals(LabelingJobs.RELEASED);
        boolean whole = found.isPresent() && found.get().items() >= items;
        if (!launched && !whole) {
            return status; // a launch that was killed is repeated, not waited for
        }
        if (state == State.DONE) {
            return LabelingJobs.DONE;
        }
        if (launched) {
            return overdue ? LabelingJobs.EXPIRED : status;
        }
        return LabelingJobs.RUNNING;
    }
}
