package dev.winnow.runtime;

import dev.winnow.config.TeamSettings;
import dev.winnow.ports.EarlierRounds.Open;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What may be asked of people who still have work of earlier rounds: answers and minutes, not images.
 *
 * @param team its limits
 * @param open its work
 */
public record TeamRoom(TeamSettings team, Open open) {
    private static final double SECONDS_PER_MINUTE = 60;

    /**
     * A limit of what people are asked for.
     *
     * @param key of the configuration, less its unit
     * @param answers 0: any number
     * @param minutes 0: any number
     * @param used answers of earlier rounds that it covers
     */
    private record Limit(String key, int answers, int minutes, long used) {
        /** Answers that may be asked for besides. */
        private long room(double secondsPerAnswer) {
            long room = answers > 0 ? answers - used : Long.MAX_VALUE;
            if (minutes > 0) {
                double seconds = minutes * SECONDS_PER_MINUTE - used * secondsPerAnswer;
                room = Math.min(room, (long) Math.floor(seconds / secondsPerAnswer));
            }
            return room;
        }

        private Stream<String> words(double secondsPerAnswer) {
            return Stream.of(
                            answers > 0 ? words("answers", answers, (double) used) : "",
                            minutes > 0 ? words("minutes", minutes, used * secondsPerAnswer / SECONDS_PER_MINUTE) : "")
                    .filter(words -> !words.isEmpty());
        }

        private String words(String unit, int limit, double covered) {
            String asked = key.endsWith("-") ? "" : String.format(Locale.ROOT, ", %,.0f of it asked for", covered);
            return String.format(Locale.ROOT, "labeling.%s%s is %,d%s", key, unit, limit, asked);
        }
    }

    private List<Limit> limits() {
        return List.of(
                new Limit("max-open-", team.maxOpenAnswers(), team.maxOpenMinutes(), open.answers()),
                new Limit("week.", team.week().answers(), team.week().minutes(), open.week()),
                new Limit("month.", team.month().answers(), team.month().minutes(), open.month()));
    }

    /** Returns the answers that may be asked for besides, at least 0; {@link Long#MAX_VALUE} where nothing limits them. */
    public long answers() {
        return Math.max(
                0,
                limits().stream()
                        .mapToLong(limit -> limit.room(open.secondsPerAnswer()))
                        .min()
                        .orElseThrow());
    }

    /** Says what is open and which limits hold, a sentence that begins with "team". */
    public String words() {
        return String.format(
                Locale.ROOT,
                "team still has %,d answers open, %,.0f minutes of work, and %s",
                open.answers(),
                open.minutes(),
                String.join(
                        " and ",
                        limits().stream()
                                .flatMap(limit -> limit.words(open.secondsPerAnswer()))
                                .toList()));
    }
}
