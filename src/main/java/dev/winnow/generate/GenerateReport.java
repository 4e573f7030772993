package dev.winnow.generate;

/**
 * What a run wrote.
 *
 * @param inferences rows
 * @param feedback rows
 * @param cameras rows
 * @param images files
 */
public record GenerateReport(long inferences, long feedback, long cameras, long images) {}
