package dev.winnow.analysis;

import dev.winnow.ports.Stage;
import java.time.LocalDate;
import java.util.List;

/** Has a model look at images, within the limits of calls and dollars; repeated for the same cases it pays nothing. */
public interface ImageReviewer {
    /** Returns the model that is asked; an image that it was asked about before is not sampled again. */
    String modelId();

    /** Returns the version of prompt, schema and taxonomy; with another one images are sampled again. */
    String promptVersion();

    /** Returns whether it reads the answers to what was asked before, instead of asking. */
    default boolean collects() {
        return false;
    }

    /** Returns what all reviews so far paid for, those that failed too. */
    default Stage.Paid paid() {
        return Stage.Paid.NOTHING;
    }

    /**
     * Looks at every case.
     *
     * @param day run date, by which limits per run are kept
     * @param cases in the order in which they are asked if not all can be; at most the size of a sample
     * @return one review for each case, in the same order
     * @throws dev.winnow.ports.ServiceException if the service refuses for good, or fails and no more can be asked;
     *     what was answered is kept
     */
    List<ImageReview> review(LocalDate day, List<ImageCase> cases);
}
