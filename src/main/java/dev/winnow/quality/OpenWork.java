package dev.winnow.quality;

import dev.winnow.config.TeamSettings;
import dev.winnow.ports.EarlierRounds.Open;
import java.util.Locale;

/** What may still be asked of people who have work of earlier rounds, counted in answers; a page of bulk QA is one. */
final class OpenWork {
    private static final double SECONDS_PER_MINUTE = 60;

    private final TeamSettings team;
    private final Open open;
    private long left;

    OpenWork(TeamSettings team, Open open) {
        this.team = team;
        this.open = open;
        long answers = Long.MAX_VALUE;
        if (team.maxOpenAnswers() > 0) {
            answers = team.maxOpenAnswers() - open.answers();
        }
        if (team.maxOpenMinutes() > 0) {
            double seconds = (team.maxOpenMinutes() - open.minutes()) * SECONDS_PER_MINUTE;
            answers = Math.min(answers, (long) Math.floor(seconds / open.secondsPerAnswer()));
        }
        this.left = Math.max(0, answers);
    }

    /** Takes up to so many questions that {@code workers} people answer each; returns how many fit. */
    long take(long questions, int workers) {
        long fit = Math.min(questions, left / workers);
        left -= left == Long.MAX_VALUE ? 0 : fit * workers;
        return fit;
    }

    /** Takes them all, or none; returns whether they fit. */
    boolean takeAll(long questions, int workers) {
        return left / workers >= questions && take(questions, workers) == questions;
    }

    /** What held something back, the end of a sentence. */
    String reason() {
        return String.format(
                Locale.ROOT,
                "the team had %,d answers open, and labeling.max-open-answers = %,d and max-open-minutes = %,d leave no room",
                open.answers(),
                team.maxOpenAnswers(),
                team.maxOpenMinutes());
    }
}
