package dev.winnow.ports;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that answers files of questions within hours. */
public interface BatchModel extends AutoCloseable {
    /**
     * A job to create.
     *
     * @param name derived from what is asked, so that the job exists once; letters, digits and hyphens, at most 63
     * @param modelId model or inference profile that answers
     * @param input {@code s3://} folder that holds question files and nothing else
     * @param output {@code s3://} folder for the answers
     */
    record Job(String name, String modelId, String input, String output) {}

    /** Where a job stands. */
    enum State {
        /** It waits or works. */
        RUNNING,
        /** It worked through everything; what has no answer got lost. */
        COMPLETED,
        /** It ended and answered a part: expired, stopped, or completed partially. */
        PARTIAL,
        /** It failed; nothing need be there. */
        FAILED
    }

    /**
     * A job's state.
     *
     * @param state where it stands
     * @param word as the service says it
     * @param message what the service says besides, on one line; empty if nothing
     */
    record Status(State state, String word, String message) {}

    /**
     * One line of an answer file.
     *
     * @param recordId of the question
     * @param answer the answer; null if the service failed on it
     * @param failure how it failed; null if there is an answer
     */
    record Line(
            String recordId,
            VisionModel.@Nullable Answer answer,
            @Nullable ModelFailure failure) {}

    /** Writes one line of a question file, without its end; its question has no tool. */
    String question(String recordId, VisionModel.Question question);

    /** Reads one line of an answer file; empty if it is none. */
    Optional<Line> answer(String line);

    /**
     * Creates the job; creating it again returns the same one.
     *
     * @return its id
     * @throws ServiceException if the service fails or refuses
     */
    String create(Job job);

    /**
     * Asks where a job stands.
     *
     * @throws ServiceException if the service fails or refuses
     */
    Status status(String jobId);

    @Override
    void close();
}
