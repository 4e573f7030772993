package dev.winnow.ports;

import java.time.LocalDate;
import java.util.List;

/** One step of a run. Repeating it for the same day leaves the same tables and files. */
public interface Stage {
    /**
     * What a stage did.
     *
     * @param rowsIn rows read of the stage's input
     * @param rowsOut rows written
     * @param rejected rows that broke the contract
     * @param passes passes over the day's inferences
     * @param inputFingerprint hash of the input files' names and sizes, without their place; empty if it reads none
     * @param sentences what a person wants to know, plain sentences
     */
    record Report(
            long rowsIn, long rowsOut, long rejected, int passes, String inputFingerprint, List<String> sentences) {}

    /** Name of the command that runs this stage alone. */
    String name();

    /** Runs the stage for a day. */
    Report run(LocalDate runDate);
}
