package dev.winnow.ports;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Labeling jobs beside those of selections: all of one run date are one round, which is published once. */
public interface DatedRounds {
    /** Returns whether the jobs of a run date are out; then they stay as they are. */
    boolean published(LocalDate day);

    /** Returns the name of the round of a run date. */
    String round(LocalDate day);

    /** Returns whether the jobs of a round of this name are out. */
    boolean isOut(String round);

    /**
     * Returns the round of a run date that is not published, first, and those that were killed before their seal: what
     * they wrote down was shown to nobody.
     *
     * @param written names of rounds that wrote down what they ask
     */
    default List<String> unsealed(LocalDate day, Collection<String> written) {
        List<String> unsealed = new ArrayList<>(List.of(round(day)));
        written.stream()
                .distinct()
                .filter(round -> !unsealed.contains(round) && !isOut(round))
                .sorted()
                .forEach(unsealed::add);
        return unsealed;
    }
}
