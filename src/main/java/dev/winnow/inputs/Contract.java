package dev.winnow.inputs;

import dev.winnow.stats.Normal;
import dev.winnow.stats.WilsonInterval;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether so many rows break the contract that a run must stop. */
public final class Contract {
    /** Level of the interval whose lower bound must pass a limit on bad rows; chosen by judgement. */
    private static final double LIMIT_LEVEL = 0.95;

    private Contract() {}

    /** Whether a share is above its limit by more than chance: one bad row of a few hundred proves nothing. */
    public static boolean beyond(long bad, long rows, double limit) {
        return WilsonInterval.of((double) bad, (double) rows, Normal.twoSided(LIMIT_LEVEL))
                        .low()
                > limit;
    }

    /**
     * Returns why a run must stop, a sentence, or empty if it may go on.
     *
     * <p>The rejects of a day are held against the day's rows. Rows of no day are left out there and held against all
     * rows of the input; they are only counted if the day would fail with them.
     *
     * @param input {@code inferences} or {@code feedback}
     * @param read rows that the day's files hold for it, rejected ones too
     * @param byReason rejected rows by the rule they break
     * @param maxShare share of rejected rows above which a run stops, fraction
     * @param undated counts the rows of no day
     */
    public static Optional<String> breach(
            String input,
            LocalDate day,
            long read,
            Map<String, Long> byReason,
            double maxShare,
            Supplier<Undated> undated) {
        long rejected = byReason.values().stream().mapToLong(Long::longValue).sum();
        if (!beyond(rejected, read, maxShare)) {
            return Optional.empty();
        }
        Undated none = undated.get();
        if (beyond(rejected - none.rows(), read - none.rows(), maxShare)) {
            return Optional.of(sentence(input, rejected, read, " of " + day, byReason.toString(), maxShare));
        }
        return beyond(none.rows(), none.of(), maxShare)
                ? Optional.of(sentence(
                        input, none.rows(), none.of(), "", "no day can be read of them: " + byReason, maxShare))
                : Optional.empty();
    }

    private static String sentence(String input, long bad, long rows, String of, String how, double maxShare) {
        return String.format(
                Locale.ROOT,
                "inputs.%s: %,d of %,d rows%s break the contract (%s), more than rejects.max-share = %s; nothing"
                        + " was written. Mend the data or the column mapping, or raise rejects.max-share",
                input,
                bad,
                rows,
                of,
                how,
                maxShare);
    }
}
