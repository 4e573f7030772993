package dev.winnow.ports;

/**
 * What a selection knows of the rounds before it.
 *
 * @param rounds how their jobs stand
 * @param labels what people said
 * @param weights what signals were worth
 */
public record History(EarlierRounds rounds, ReturnedLabels labels, MeasuredWeights weights) {}
