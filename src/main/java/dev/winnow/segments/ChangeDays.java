package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The event dates that are compared: the newest ones that are old enough, and the earlier ones of the window.
 *
 * @param from first event date
 * @param nowFrom first of the newest event dates
 * @param to last event date
 * @param age days after an event date within which its verdicts count, so that all dates are compared at equal age
 * @param built event dates that have cells
 */
record ChangeDays(LocalDate from, LocalDate nowFrom, LocalDate to, int age, int built) {
    /**
     * Divides the window of a run date.
     *
     * @param dates event dates of the window that are built
     */
    static ChangeDays of(LocalDate day, List<LocalDate> dates, SegmentSettings settings) {
        LocalDate to = day.minusDays(settings.change().ageDays());
        LocalDate from = day.minusDays(settings.windowDays() - 1L);
        List<LocalDate> old = dates.stream().filter(d -> !d.isAfter(to)).toList();
        return new ChangeDays(
                old.stream().min(LocalDate::compareTo).orElse(from),
                to.minusDays(settings.change().days() - 1L),
                to,
                settings.change().ageDays(),
                old.size());
    }

    /** Whether there is anything to compare with. */
    boolean comparable() {
        return built > 0 && from.isBefore(nowFrom);
    }

    /** Place of an event date; the first one is 0. */
    int place(LocalDate date) {
        return (int) ChronoUnit.DAYS.between(from, date);
    }

    /** Event dates from the first to the last, built or not. */
    int size() {
        return place(to) + 1;
    }
}
