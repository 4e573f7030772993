package dev.winnow.ports;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A service in which people label. It knows jobs by their names, which are derived from what they ask, so that a job exists
 * once however often it is created.
 *
 * <p>Every method throws {@link ServiceException} when the service fails (retryable) or refuses (not retryable).
 */
public interface LabelingService extends AutoCloseable {
    /**
     * A job as its round published it.
     *
     * @param name derived name
     * @param request JSON that creates it, in the service's own words; the name in it gives way to {@code name}
     * @param tasks JSON arrays of what is asked, one at a time; empty where the request names its input itself
     */
    record Job(String name, String request, Iterable<String> tasks) {}

    /** Where a job stands. */
    enum State {
        /** People work on it, or will. */
        RUNNING,
        /** All that will be answered is. */
        DONE,
        /** It broke; what is not answered never will be. */
        FAILED,
        /** It was ended before its items were; what is not answered never will be. */
        EXPIRED
    }

    /**
     * What a service says of a job.
     *
     * @param id how answers name the job
     * @param state where it stands
     * @param createdAt when the service made it
     * @param items items it holds; 0 while the service does not say
     * @param labeled items with as many answers as are asked for
     * @param failed items that will not be answered
     * @param workersPerItem answers asked for each item, at least 1
     * @param failureReason why it broke, on one line; null if it did not or nobody says
     * @param output where its answers are; null while there is no such place
     * @param workerGroup who works on it: a work team or a project; null if nobody says
     */
    record Status(
            String id,
            State state,
            Instant createdAt,
            long items,
            long labeled,
            long failed,
            int workersPerItem,
            @Nullable String failureReason,
            @Nullable String output,
            @Nullable String workerGroup) {}

    /**
     * Makes the job and all its tasks, or as much of it as an earlier call left to do.
     *
     * @throws ServiceException also if another job has the name
     */
    void create(Job job);

    /** Returns what the service says of the job {@code name}; empty if it knows none. */
    Optional<Status> describe(String name);

    /**
     * Has nobody work on the job any more, if it still runs and the service can stop one. What was answered stays.
     *
     * @return whether the service was told so by this call
     */
    boolean stop(String name);

    @Override
    void close();
}
