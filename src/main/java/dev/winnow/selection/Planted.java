package dev.winnow.selection;

/**
 * One item that a round asks about again.
 *
 * @param item item of an earlier round
 * @param gold whether its answer is known; else it repeats a question
 * @param signal signal of the chosen item beside it
 * @param rank rank of that one
 */
record Planted(KnownItem item, boolean gold, String signal, int rank) {}
