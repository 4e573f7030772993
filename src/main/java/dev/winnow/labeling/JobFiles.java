package dev.winnow.labeling;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of one job, by their names in the round's folder.
 *
 * @param manifest that lists the items; where several do, the first
 * @param categories that says what can be answered
 * @param names all files, in the order in which they are put
 * @param request that creates the job in its service; null: nobody said who is to run it
 * @param tasks that are put into the created job, in order, each named with {@link LabelingJobs#TASKS} before its number;
 *     empty: the request names its input
 * @param others what the seal says besides: key to the name of a file
 * @param sentences what whoever runs the job should know
 */
public record JobFiles(
        String manifest,
        String categories,
        List<String> names,
        @Nullable String request,
        List<String> tasks,
        Map<String, String> others,
        List<String> sentences) {}
