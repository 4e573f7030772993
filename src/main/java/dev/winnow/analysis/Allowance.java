package dev.winnow.analysis;

import dev.winnow.analysis.CallLedger.History;
import dev.winnow.analysis.CallLedger.Spent;
import dev.winnow.config.ModelSettings.Limit;
import dev.winnow.config.ModelSettings.Limits;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What may still be called and spent; a call that is not answered yet counts with the most it may cost. */
final class Allowance {
    private static final double MICRO = 1e6;

    private record Period(String name, Limit limit, Spent before) {}

    private final List<Period> periods;
    private long calls;
    private long microDollars;

    Allowance(Limits limits, History history) {
        Spent day = history.day();
        periods = List.of(
                new Period("run", limits.run(), day),
                new Period("week", limits.week(), day.plus(history.restOfWeek())),
                new Period("month", limits.month(), day.plus(history.restOfMonth())));
    }

    /** Returns why a call that may cost so much can't be made now; empty if it can. */
    Optional<String> against(long microDollarsAtMost) {
        for (Period period : periods) {
            if (period.before.calls() + calls + 1 > period.limit.calls()) {
                return Optional.of(String.format(
                        Locale.ROOT, "the limit of %d calls a %s is used up", period.limit.calls(), period.name));
            }
            if (period.before.microDollars() + microDollars + microDollarsAtMost > period.limit.dollars() * MICRO) {
                return Optional.of(String.format(
                        Locale.ROOT, "the limit of %.2f dollars a %s is used up", period.limit.dollars(), period.name));
            }
        }
        return Optional.empty();
    }

    /** Counts a call with the most it may cost. */
    void reserve(long microDollarsAtMost) {
        calls++;
        microDollars += microDollarsAtMost;
    }

    /** Takes back a call that was not made after all. */
    void release(long microDollarsAtMost) {
        calls--;
        microDollars -= microDollarsAtMost;
    }

    /** Corrects a call's reserve by what it cost. */
    void cost(long microDollarsAtMost, long cost) {
        microDollars += cost - microDollarsAtMost;
    }
}
