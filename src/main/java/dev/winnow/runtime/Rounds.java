package dev.winnow.runtime;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lpad;
import static org.apache.spark.sql.functions.substring_index;

import dev.winnow.config.ConfigException;
import dev.winnow.ports.ObjectStore;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;

/**
 * The rounds of one pipeline: a round is sealed when its {@code round.json} is there, and from then on only read.
 *
 * <p>Files of round D.n lie below {@code <labeling path>/<pipeline>/rounds/<D>.<n>/}.
 */
public final class Rounds {
    /** The last file of a round; lists all others. */
    public static final String SEAL = "round.json";

    private static final Pattern SEAL_URI = Pattern.compile(".*/(\\d{4}-\\d{2}-\\d{2})\\.(\\d+)/" + SEAL);

    /** Digits of the number of a round, at most. */
    private static final int LONGEST_NUMBER = 9;

    private final ObjectStore objects;
    private final String root;

    /**
     * One round.
     *
     * @param date run date
     * @param number 1 for the first round of the date, more for corrections
     * @param kind what it is besides a round of selected items; empty: just that
     */
    public record Round(LocalDate date, int number, String kind) {
        /** A round of selected items. */
        public Round(LocalDate date, int number) {
            this(date, number, "");
        }

        /** The bulk QA jobs of a run date: no items are selected, but jobs are published and launched the same way. */
        public static Round ofQa(LocalDate date) {
            return new Round(date, 1, "qa-");
        }

        /** The jobs of a run date that ask for the right class of what bulk QA disconfirmed. */
        public static Round ofRelabel(LocalDate date) {
            return new Round(date, 1, "relabel-");
        }

        /** Returns whether a round of this name is of selected items, which return to their pool unanswered. */
        public static boolean isOfSelections(String id) {
            return Character.isDigit(id.charAt(0));
        }

        /** The name of the round, such as {@code 2026-11-02.1}. */
        public String id() {
            return kind + date + "." + number;
        }
    }

    /** Finds the rounds of {@code pipeline} below the labeling path. */
    public Rounds(ObjectStore objects, String labelingPath, String pipeline) {
        this.objects = objects;
        this.root = labelingPath.replaceAll("/+$", "") + "/" + pipeline + "/rounds/";
    }

    /**
     * Returns what puts rounds in order by their ids, which as they are would have the tenth round of a day before its
     * second.
     */
    public static Column order(Column roundId) {
        return concat(substring_index(roundId, ".", 1), lpad(substring_index(roundId, ".", -1), LONGEST_NUMBER, "0"));
    }

    /** Returns where the files of a round lie, with a slash at the end. */
    public String prefix(Round round) {
        return root + round.id() + "/";
    }

    /**
     * Returns the sealed rounds of {@code from} and later, in order.
     *
     * <p>Lists the files of all rounds, whatever the date: what comes later has no end that a prefix could name. Ask once.
     */
    public List<Round> sealed(LocalDate from) {
        return objects.list(root).stream()
                .map(SEAL_URI::matcher)
                .filter(Matcher::matches)
                .map(seal -> new Round(LocalDate.parse(seal.group(1)), Integer.parseInt(seal.group(2))))
                .filter(round -> !round.date().isBefore(from))
                .sorted(Comparator.comparing(Round::date).thenComparing(Round::number))
                .toList();
    }

    /**
     * Rounds go forward only: what a later one chose may be what an earlier one would ask for.
     *
     * @param sealed see {@link #sealed}, from the date of the round
     * @throws ConfigException if one of them is of a later date
     */
    public static void requireNoneLater(Round round, List<Round> sealed) {
        LocalDate day = round.date();
        List<Round> later =
                sealed.stream().filter(other -> other.date().isAfter(day)).toList();
        if (!later.isEmpty()) {
            throw new ConfigException("round " + later.get(0).id()
                    + " is sealed already, and rounds go forward only: run"
                    + " `segments` and `candidates` for " + day + " if you backfill, and `select` for a day after "
                    + later.get(later.size() - 1).date());
        }
    }

    /** Returns whether the round of this name is sealed. */
    public boolean isSealed(String id) {
        return objects.exists(root + id + "/" + SEAL);
    }

    /** Returns the seal of a round, or empty while it is open. */
    public Optional<String> seal(Round round) {
        return objects.get(prefix(round) + SEAL).map(ObjectStore.Versioned::text);
    }
}
