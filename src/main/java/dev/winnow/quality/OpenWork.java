package dev.winnow.quality;

import dev.winnow.runtime.TeamRoom;

/** What may still be asked of people who have work of earlier rounds, counted in answers; a page of bulk QA is one. */
final class OpenWork {
    private final TeamRoom room;
    private long left;

    OpenWork(TeamRoom room) {
        this.room = room;
        left = room.answers();
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
        return "the " + room.words();
    }
}
