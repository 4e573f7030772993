package dev.winnow.selection;

import dev.winnow.runtime.TeamRoom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Budgets of a round whose people still have work of earlier rounds. */
final class TeamCapacity {
    private TeamCapacity() {}

    /** Returns the images that a round may choose; {@link Long#MAX_VALUE} where nothing limits them. */
    static long images(TeamRoom room) {
        long answers = room.answers();
        return answers == Long.MAX_VALUE ? answers : answers / room.team().answersPerItem();
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
    static String sentence(TeamRoom room, long budget, long images) {
        return String.format(
                Locale.ROOT, "The %s: %,d of a budget of %,d images may be selected", room.words(), images, budget);
    }
}
