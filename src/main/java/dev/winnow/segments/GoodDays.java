package dev.winnow.segments;

import dev.winnow.inputs.DayRange;
import dev.winnow.ports.ServiceException;
import dev.winnow.tables.InputException;
import java.time.LocalDate;
import java.util.function.Consumer;

/** Of days that were prepared together, those up to the first that can't be built. */
final class GoodDays {
    private GoodDays() {}

    /**
     * Checks one day after the other. One that fails behind the first is left to its own run, which says why: the days
     * before it are as good as if they had been run alone.
     *
     * @param check throws for a day that can't be built
     * @throws InputException if the first day breaks its contract
     * @throws ServiceException if the first day is not ready
     */
    static DayRange of(DayRange days, Consumer<LocalDate> check) {
        check.accept(days.first());
        LocalDate last = days.first();
        while (last.isBefore(days.last())) {
            try {
                check.accept(last.plusDays(1));
            } catch (InputException | ServiceException e) {
                break;
            }
            last = last.plusDays(1);
        }
        return days.upTo(last);
    }
}
