package dev.winnow.ports;

import java.time.LocalDate;
import java.util.List;

/** Has labeling jobs made in which people say of items whether the class that they are shown with is right. */
public interface ReviewJobs extends DatedRounds {
    /**
     * One item that people look at.
     *
     * @param imageUri image
     * @param site where it is from
     */
    record Shown(String itemId, String imageUri, String site) {}

    /**
     * One job: all items of a class.
     *
     * @param label class that all are shown with
     * @param batches what a person sees at once, in order; at least one, none empty
     * @param runId run that made it
     */
    record Job(String useCase, String label, List<List<Shown>> batches, String runId) {}

    /** Returns whether whoever labels a use case can be shown several items at once. */
    boolean showsBatches(String useCase);

    /** Returns whether they can be shown a class by this name. */
    boolean shows(String useCase, String label);

    /**
     * Returns the names of the jobs, in their order; the same jobs of a run date have the same names.
     *
     * @param jobs of use cases that show batches
     */
    List<String> names(LocalDate day, List<Job> jobs);

    /**
     * Publishes the jobs of a run date, unless they are out, and records those that are.
     *
     * @return what a person wants to know, plain sentences
     */
    List<String> publish(LocalDate day, List<Job> jobs);
}
