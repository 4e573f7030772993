package dev.winnow.labeling;

import java.util.List;
import java.util.Map;

/**
 * The files of one job, by their names in the round's folder.
 *
 * @param manifest that lists the items; where several do, the first
 * @param categories that says what can be answered
 * @param names all files, in the order in which they are put
 * @param others what the seal says besides: key to the name of a file, or to a list of names
 * @param sentences what whoever runs the job should know
 */
public record JobFiles(
        String manifest, String categories, List<String> names, Map<String, Object> others, List<String> sentences) {}
