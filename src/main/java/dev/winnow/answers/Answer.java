package dev.winnow.answers;

import java.time.Instant;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * An answer as an export holds it.
 *
 * @param useCase of the export's settings; the selection's own replaces it where there is one
 * @param job labeling job, project or human loop
 * @param target what was answered
 * @param worker pseudonym, empty unless {@code kind} is {@link Answers#WORKER} or {@link Answers#EXPERT}
 * @param kind one of the kinds of {@link Answers}
 * @param content what it says
 * @param confidence the service's own, in (0, 1]; null if it has none
 * @param submittedAt when it was given or consolidated; null where nothing tells
 * @param seconds the worker took; null where nothing tells
 * @param guidelineVersion version of the guideline; null where nothing tells
 * @param origin where it was read
 */
record Answer(
        String useCase,
        String job,
        Target target,
        String worker,
        String kind,
        Content content,
        @Nullable Double confidence,
        @Nullable Instant submittedAt,
        @Nullable Double seconds,
        @Nullable String guidelineVersion,
        Origin origin) {

    /**
     * What was answered.
     *
     * @param item our own key if there is one, else the image or text
     * @param ours whether it is our own key, so that a selection must know it
     * @param image image or text; null where nothing tells
     */
    record Target(String item, boolean ours, @Nullable String image) {}

    /**
     * Where an answer was read.
     *
     * @param source name of the export
     * @param file object below the export's path
     */
    record Origin(String source, String file) {}

    /** One row shaped like {@link Answers}, with whether the item is one of ours last. */
    Row row(String pipeline) {
        return RowFactory.create(
                pipeline,
                useCase,
                job,
                target.item,
                worker,
                1,
                kind,
                Answers.ANSWERED,
                content.task(),
                content.label(),
                content.answer(),
                confidence,
                submittedAt,
                seconds,
                guidelineVersion,
                null,
                target.image,
                origin.source,
                origin.file,
                target.ours);
    }
}
