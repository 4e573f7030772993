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
     * @param inputFingerprint hash of what the run id of the stage's rows is made of beside the configuration: the input
     *     files' names and sizes, without their place, and what else it read that decides its rows; empty if it reads none
     * @param sentences what a person wants to know, plain sentences; each is made {@linkplain Sentences one line}
     */
    record Report(
            long rowsIn, long rowsOut, long rejected, int passes, String inputFingerprint, List<String> sentences) {
        public Report {
            sentences = sentences.stream().map(Sentences::oneLine).toList();
        }
    }

    /**
     * What a stage had a model do for money.
     *
     * @param calls calls that were answered or may have been charged
     * @param inputTokens tokens in, as far as the service counted them
     * @param outputTokens tokens out, as far as the service counted them
     * @param microDollars millionths of a dollar at the configured prices; a call of which nobody can tell counts with the
     *     most it may have cost
     */
    record Paid(long calls, long inputTokens, long outputTokens, long microDollars) {
        /** Nothing. */
        public static final Paid NOTHING = new Paid(0, 0, 0, 0);

        private static final double MICRO = 1e6;

        /** Returns both together. */
        public Paid plus(Paid other) {
            return new Paid(
                    calls + other.calls,
                    inputTokens + other.inputTokens,
                    outputTokens + other.outputTokens,
                    microDollars + other.microDollars);
        }

        /** Returns what was paid since {@code earlier}. */
        public Paid since(Paid earlier) {
            return new Paid(
                    calls - earlier.calls,
                    inputTokens - earlier.inputTokens,
                    outputTokens - earlier.outputTokens,
                    microDollars - earlier.microDollars);
        }

        /** Returns the dollars. */
        public double dollars() {
            return microDollars / MICRO;
        }
    }

    /** Name of the command that runs this stage alone. */
    String name();

    /** Runs the stage for a day. */
    Report run(LocalDate runDate);

    /** Returns what all its runs so far paid for, those that failed too. */
    default Paid paid() {
        return Paid.NOTHING;
    }
}
