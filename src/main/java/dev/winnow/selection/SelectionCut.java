package dev.winnow.selection;

import org.jspecify.annotations.Nullable;

/**
 * What one signal of one use case was given and where it was cut.
 *
 * @param useCase use case
 * @param signal signal
 * @param tally what it was given and what held it back
 * @param selected images charged to it
 * @param lowestScore lowest score that was chosen; null where none was or scores do not count
 */
record SelectionCut(
        String useCase,
        String signal,
        BudgetSolver.Tally tally,
        int selected,
        @Nullable Double lowestScore) {}
