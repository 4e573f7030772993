package dev.winnow.runtime;

import dev.winnow.ports.ObjectStore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rounds of one pipeline: a round is sealed when its {@code round.json} is there, and from then on only read.
 *
 * <p>Files of round D.n lie below {@code <labeling path>/<pipeline>/rounds/<D>.<n>/}.
 */
public final class Rounds {
    /** The last file of a round; lists all others. */
    public static final String SEAL = "round.json";

    private static final Pattern SEAL_URI = Pattern.compile(".*/(\\d{4}-\\d{2}-\\d{2})\\.(\\d+)/" + SEAL);

    private final ObjectStore objects;
    private final String root;

    /**
     * One round.
     *
     * @param date run date
     * @param number 1 for the first round of the date, more for corrections
     */
    public record Round(LocalDate date, int number) {
        /** The name of the round, such as {@code 2026-11-02.1}. */
        public String id() {
            return date + "." + number;
        }
    }

    /** Finds the rounds of {@code pipeline} below the labeling path. */
    public Rounds(ObjectStore objects, String labelingPath, String pipeline) {
        this.objects = objects;
        this.root = labelingPath.replaceAll("/+$", "") + "/" + pipeline + "/rounds/";
    }

    /** Returns where the files of a round lie, with a slash at the end. */
    public String prefix(Round round) {
        return root + round.id() + "/";
    }

    /** Returns the sealed rounds from {@code from} to {@code to}, both included, in order. */
    public List<Round> sealed(LocalDate from, LocalDate to) {
        List<Round> rounds = new ArrayList<>();
        for (String uri : objects.list(root)) {
            Matcher seal = SEAL_URI.matcher(uri);
            if (seal.matches()) {
                LocalDate date = LocalDate.parse(seal.group(1));
                if (!date.isBefore(from) && !date.isAfter(to)) {
                    rounds.add(new Round(date, Integer.parseInt(seal.group(2))));
                }
            }
        }
        rounds.sort(Comparator.comparing(Round::date).thenComparing(Round::number));
        return rounds;
    }

    /** Returns the last sealed round of a date. */
    public Optional<Round> lastSealed(LocalDate date) {
        List<Round> rounds = sealed(date, date);
        return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() - 1));
    }

    /** Returns the seal of a round, or empty while it is open. */
    public Optional<String> seal(Round round) {
        return objects.get(prefix(round) + SEAL).map(ObjectStore.Versioned::text);
    }
}
