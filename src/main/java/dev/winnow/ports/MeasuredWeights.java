package dev.winnow.ports;

import java.time.LocalDate;
import java.util.Map;

/**
 * What signals are worth by what their labels brought. The selection comes before the outcomes of its own round, so it
 * learns of those of others through this.
 */
public interface MeasuredWeights {
    /**
     * Weights that a run proposed.
     *
     * @param runDate run date of the run
     * @param bySignal signal, as in configurations (kebab case), to its weight; they sum to 1
     */
    record Proposed(LocalDate runDate, Map<String, Double> bySignal) {}

    /** Returns the last proposal of each use case that has one, of run dates before {@code day}. */
    Map<String, Proposed> before(LocalDate day);
}
