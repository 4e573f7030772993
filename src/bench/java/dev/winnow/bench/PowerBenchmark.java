package dev.winnow.bench;

import dev.winnow.generate.FleetSettings;
import dev.winnow.segments.FleetFindings;
import dev.winnow.segments.FleetScore;
import dev.winnow.segments.FleetScore.Share;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * How many of the segments that are reported are no worse than the rest in truth, and how many of the planted ones are
 * reported, over many generated fleets of 600 cameras and 30 days.
 *
 * <p>Arguments: fleets, by default 200; rows a day, by default 20,000; share of alarms that are judged, by default
 * 0.05; seed of the first fleet, by default 0. All conjunctions of up to 3 of 12 dimensions are looked at, under the
 * default rule. Same figures on any machine.
 */
public final class PowerBenchmark {
    private static final LocalDate FIRST = LocalDate.of(2026, 5, 1);

    private PowerBenchmark() {}

    /** Prints false shares and power. */
    public static void main(String[] args) {
        int fleets = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        long rowsPerDay = args.length > 1 ? Long.parseLong(args[1]) : 20_000;
        double judgedShare = args.length > 2 ? Double.parseDouble(args[2]) : 0.05;
        long first = args.length > 3 ? Long.parseLong(args[3]) : 0;
        long start = System.nanoTime();
        List<FleetScore> scores = LongStream.range(first, first + fleets)
                .parallel()
                .mapToObj(seed -> FleetScore.of(FleetFindings.of(
                        new FleetSettings(
                                seed, FIRST, 30, FIRST.plusDays(15), 60, 600, rowsPerDay, FleetSettings.Images.NONE, null),
                        judgedShare)))
                .toList();
        FleetScore all = FleetScore.sum(scores);
        System.out.printf(
                Locale.ROOT,
                "%d fleets in %.0f s; of each %,.0f segments looked at, %.1f reported%n",
                fleets,
                (System.nanoTime() - start) / 1e9,
                (double) all.looked() / fleets,
                (double) all.reported() / fleets);
        print("no worse than the rest on these cameras", FleetScore.meanShare(scores, FleetScore::noWorse));
        print("no worse if cameras were alike", FleetScore.meanShare(scores, FleetScore::noWorseOfTypicalCameras));
        print("at most 1.25 times the rest on these cameras", FleetScore.meanShare(scores, FleetScore::hardlyWorse));
        System.out.printf(
                Locale.ROOT,
                "%npower, %d or more judged on %d or more cameras%n",
                FleetScore.LEAST_JUDGED,
                FleetScore.LEAST_CAMERAS);
        all.planted().forEach((name, share) -> print(name, share));
        all.byJudged().forEach((band, share) -> print("any segment at 1.8 to 2.2 times, judged " + band, share));
    }

    private static void print(String what, Share share) {
        System.out.printf(
                Locale.ROOT, "  %-60s %5.1f %% (standard error %.1f, n=%,d)%n", what, 100 * share.mean(), 100 * share.error(), share.count());
    }
}
