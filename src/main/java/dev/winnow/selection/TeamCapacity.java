package dev.winnow.selection;

import dev.winnow.config.TeamSettings;
import dev.winnow.ports.EarlierRounds.Open;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a round may ask of people who still have work of earlier rounds: answers and minutes, not images. */
final class TeamCapacity {
    private static final double SECONDS_PER_MINUTE = 60;

    private TeamCapacity() {}

    /**
     * A limit of what people are asked for.
     *
     * @param key of the configuration, less its unit
     * @param answers 0: any number
     * @param minutes 0: any number
     * @param used answers of earlier rounds that it covers
     */
    private record Limit(String key, int answers, int minutes, long used) {
        private static List<Limit> of(TeamSettings team, Open open) {
            return List.of(
                    new Limit("max-open-", team.maxOpenAnswers(), team.maxOpenMinutes(), open.answers()),
                    new Limit("week.", team.week().answers(), team.week().minutes(), open.week()),
                    new Limit("month.", team.month().answers(), team.month().minutes(), open.month()));
        }

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

    /** Returns the images that a round may choose; {@link Long#MAX_VALUE} where nothing limits them. */
    static long images(TeamSettings team, Open open) {
        long answers = Limit.of(team, open).stream()
                .mapToLong(limit -> limit.room(open.secondsPerAnswer()))
                .min()
                .orElseThrow();
        return answers == Long.MAX_VALUE ? answers : Math.max(0, answers / team.answersPerItem());
    }

    /**
     * Splits {@code images} over use cases by their budgets, each rounded down, then up by the largest remainder (Hamilton's
     * method); ties go to the first name. Budgets that fit are left as they are.
     *
     * @param budgets use case to its budget
     */
    static Map<String, Integer> budgets(Map<String, Integer> budgets, long images) {
        long total = budgets.values().stream().mapToLong(Integer::longValue).sum();
        if (total <= images) {
            return Map.copyOf(budgets);
        }
        Map<String, Integer> parts = new TreeMap<>();
        Map<String, Long> remainders = new TreeMap<>();
        budgets.forEach((useCase, budget) -> {
            parts.put(useCase, (int) (images * budget / total));
            remainders.put(useCase, images * budget % total);
        });
        long left =
                images - parts.values().stream().mapToLong(Integer::longValue).sum();
        List<String> names = new ArrayList<>(parts.keySet());
        names.sort(Comparator.comparing(remainders::get, Comparator.reverseOrder()));
        names.stream().limit(left).forEach(useCase -> parts.merge(useCase, 1, Integer::sum));
        return parts;
    }

    /** Says what held the budgets back. */
    static String sentence(TeamSettings team, Open open, long budget, long images) {
        List<String> limits = Limit.of(team, open).stream()
                .flatMap(limit -> limit.words(open.secondsPerAnswer()))
                .toList();
        return String.format(
                Locale.ROOT,
                "The team still has %,d answers open, %,.0f minutes of work, and %s: %,d of a budget of %,d images may be"
                        + " selected",
                open.answers(),
                open.minutes(),
                String.join(" and ", limits),
                images,
                budget);
    }
}
