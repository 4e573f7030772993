package dev.winnow.bench;

import dev.winnow.outcomes.EffectSimulation;
import dev.winnow.outcomes.EffectSimulation.Design;
import dev.winnow.outcomes.EffectSimulation.Shares;
import java.util.Locale;

/**
 * How often a targeted segment is called improved that is not, and how often one that is, by the rules of {@code outcomes}.
 *
 * <p>Argument: fleets, by default 50, each from a seed of its own. In each the worst 5 of 40 segments are targeted by what was
 * seen before, so that part of it is bad luck. Beside it what a comparison with the rate that was seen would say. Same
 * figures on any machine.
 */
public final class OutcomesBenchmark {
    private static final int[] TRIALS = {10, 20, 40, 80};
    private static final double[] FACTORS = {.7, .5, .4};

    private OutcomesBenchmark() {}

    /** Prints false verdicts and power. */
    public static void main(String[] args) {
        int fleets = args.length > 0 ? Integer.parseInt(args[0]) : 50;
        System.out.printf(
                Locale.ROOT, "%d fleets, %d targeted segments of 15 cameras each%n", fleets, 5 * fleets);
        for (int trials : TRIALS) {
            print("nothing changed, all segments alike", trials, new Design(false, false, trials, 1, 1), fleets);
            print("nothing changed, segments differ", trials, new Design(true, true, trials, 1, 1), fleets);
            print("all segments gained alike", trials, new Design(true, true, trials, 1, .6), fleets);
            for (double factor : FACTORS) {
                print(
                        String.format(Locale.ROOT, "rate fell by %.0f %%", 100 * (1 - factor)),
                        trials,
                        new Design(true, true, trials, factor, 1),
                        fleets);
            }
            print("rate doubled", trials, new Design(true, true, trials, 2, 1), fleets);
        }
    }

    private static void print(String what, int trials, Design design, int fleets) {
        Shares shares = EffectSimulation.of(design, fleets);
        System.out.printf(
                Locale.ROOT,
                "  %-36s %,5d trials before and after: improved %5.1f %%, worse %5.1f %%, inconclusive %5.1f %%;"
                        + " without protection improved %5.1f %%%n",
                what,
                15 * trials,
                100 * shares.improved(),
                100 * shares.worse(),
                100 * shares.inconclusive(),
                100 * shares.naive());
    }
}
