package dev.winnow.selection;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One image that a round asks people to label, and why.
 *
 * @param useCase use case whose budget pays
 * @param signal signal that is charged
 * @param rank place within use case and signal, from 1
 * @param item the candidate
 * @param score score of the charged signal; null for AUDIT and FILL
 * @param segment worst ranked segment the item lies in, for ELEVATED_SEGMENT the one it was chosen for; null if it lies in
 *     none
 * @param signals all signals that speak for the image, in order
 * @param inclusionProbability probability of a uniform draw; null for a purposive choice
 * @param reason in plain words
 */
record Selection(
        String useCase,
        String signal,
        int rank,
        PoolItem item,
        @Nullable Double score,
        @Nullable String segment,
        Set<String> signals,
        @Nullable Double inclusionProbability,
        String reason) {}
