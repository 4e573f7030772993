package dev.winnow.selection;

import dev.winnow.config.TeamSettings;
import dev.winnow.ports.EarlierRounds.Open;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a round may ask of people who still have work of earlier rounds: answers and minutes, not images. */
final class TeamCapacity {
    private static final double SECONDS_PER_MINUTE = 60;

    private TeamCapacity() {}

    /** Returns the images that a round may choose; {@link Long#MAX_VALUE} where nothing limits them. */
    static long images(TeamSettings team, Open open) {
        long answers = Long.MAX_VALUE;
        if (team.maxOpenAnswers() > 0) {
            answers = team.maxOpenAnswers() - open.answers();
        }
        if (team.maxOpenMinutes() > 0) {
            double seconds = (team.maxOpenMinutes() - open.minutes()) * SECONDS_PER_MINUTE;
            answers = Math.min(answers, (long) Math.floor(seconds / open.secondsPerAnswer()));
        }
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
        List<String> limits = new ArrayList<>();
        if (team.maxOpenAnswers() > 0) {
            limits.add(String.format(Locale.ROOT, "labeling.max-open-answers is %,d", team.maxOpenAnswers()));
        }
        if (team.maxOpenMinutes() > 0) {
            limits.add(String.format(Locale.ROOT, "labeling.max-open-minutes is %,d", team.maxOpenMinutes()));
        }
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
