package dev.winnow.config;

import java.time.LocalDate;

/**
 * What the people who label can take on.
 *
 * @param maxOpenAnswers answers that may be open at once, this round's included; 0: any number
 * @param maxOpenMinutes minutes of work that may be open at once, this round's included; 0: any number
 * @param week what the jobs of an ISO week's run dates may ask for, this round's included
 * @param month the same of a calendar month
 * @param answersPerItem answers that one item of a round asks for at most: the most people that any task asks
 * @param secondsPerAnswer what one answer takes, where no answers tell
 * @param expireDays days after its launch from which what a job has no answer for returns to the pool; 0: never
 * @param stopExpired whether a job that is open for so long is stopped in its service
 */
public record TeamSettings(
        int maxOpenAnswers,
        int maxOpenMinutes,
        Limit week,
        Limit month,
        int answersPerItem,
        double secondsPerAnswer,
        int expireDays,
        boolean stopExpired) {
    /**
     * What may be asked for in a while.
     *
     * @param answers of people; 0: any number
     * @param minutes of their work; 0: any number
     */
    public record Limit(int answers, int minutes) {
        private static Limit read(Section section) {
            return new Limit(section.integer("answers", 0, 100_000_000), section.integer("minutes", 0, 100_000_000));
        }

        /** Returns whether anything is limited. */
        public boolean holds() {
            return answers > 0 || minutes > 0;
        }
    }

    /** Returns whether a round may have to ask for less than its budgets. */
    public boolean isLimited() {
        return maxOpenAnswers > 0 || maxOpenMinutes > 0 || week.holds() || month.holds();
    }

    /** Returns whether what began on a date has waited for {@code expireDays} by the day. */
    public boolean isOver(LocalDate since, LocalDate day) {
        return expireDays > 0 && !since.plusDays(expireDays).isAfter(day);
    }

    static TeamSettings read(Section labeling, int answersPerItem) {
        return new TeamSettings(
                labeling.integer("max-open-answers", 0, 100_000_000),
                labeling.integer("max-open-minutes", 0, 100_000_000),
                labeling.object("week", Limit::read),
                labeling.object("month", Limit::read),
                answersPerItem,
                labeling.number("seconds-per-answer", 0.1, 86_400),
                labeling.integer("expire-days", 0, 3_650),
                labeling.flag("stop-expired"));
    }
}
