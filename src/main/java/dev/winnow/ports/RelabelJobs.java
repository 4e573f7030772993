package dev.winnow.ports;

import java.time.LocalDate;
import java.util.List;

/** Has labeling jobs made in which people say which class items show, without a class that anybody said before. */
public interface RelabelJobs extends DatedRounds {
    /**
     * One item that people look at.
     *
     * @param imageUri image
     * @param site where it is from
     */
    record Asked(String itemId, String imageUri, String site) {}

    /**
     * All items of a use case.
     *
     * @param classes that may be answered where the configuration names none
     * @param items in their order, at least one
     * @param runId run that made it
     */
    record Work(String useCase, List<String> classes, List<Asked> items, String runId) {}

    /**
     * Publishes the jobs of a run date, unless they are out, and records those that are.
     *
     * @return what a person wants to know, plain sentences
     */
    List<String> publish(LocalDate day, List<Work> work);
}
