package dev.winnow.inputs;

import java.time.LocalDate;
import java.util.List;

/**
 * Days that follow one another.
 *
 * @param first oldest day
 * @param last newest day, not before {@code first}
 */
public record DayRange(LocalDate first, LocalDate last) {
    /** Checks the order. */
    public DayRange {
        if (last.isBefore(first)) {
            throw new IllegalArgumentException("Expected a first day up to the last, got " + first + " to " + last);
        }
    }

    /** Returns the range that is one day. */
    public static DayRange of(LocalDate day) {
        return new DayRange(day, day);
    }

    /** Returns all days, oldest first. */
    public List<LocalDate> days() {
        return first.datesUntil(last.plusDays(1)).toList();
    }

    /** Returns whether {@code day} is one of them. */
    public boolean contains(LocalDate day) {
        return !day.isBefore(first) && !day.isAfter(last);
    }

    /** Returns this range and so many days before it. */
    public DayRange andBefore(int days) {
        return new DayRange(first.minusDays(days), last);
    }

    /** Returns the days up to {@code day}, which must be one of them. */
    public DayRange upTo(LocalDate day) {
        return new DayRange(first, day);
    }

    /** The day, or the first and the last: as sentences name them. */
    @Override
    public String toString() {
        return first.equals(last) ? first.toString() : first + " to " + last;
    }
}
