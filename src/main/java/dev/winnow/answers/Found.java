package dev.winnow.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** What was read of the exports: answers, and what could not be taken for one, counted by reason. Bounded. */
final class Found {
    /** Reason of a worker's mask that went into the one its item has. */
    static final String IN_MASK = "in_mask";

    /** Reasons that break no contract: nobody has answered yet, somebody chose not to, or the answer is read elsewhere. */
    static final List<String> PENDING = List.of("unlabeled", "failed", "skipped", IN_MASK);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final int maxAnswers;
    private final int maxSamples;
    private final List<Answer> answers = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, PriorityQueue<String>> samples = new TreeMap<>();

    /**
     * Begins with nothing.
     *
     * @param maxAnswers answers above which it fails
     * @param maxSamples samples kept of a reason
     */
    Found(int maxAnswers, int maxSamples) {
        this.maxAnswers = maxAnswers;
        this.maxSamples = maxSamples;
    }

    /** Adds an answer. */
    void answer(Answer answer) {
        if (answers.size() == maxAnswers) {
            throw new ConfigException(
                    "the exports of inputs.answers hold more than inputs.answers.max-answers = " + maxAnswers
                            + " answers: raise it and the driver's memory, or name fewer jobs in the paths of exports");
        }
        answers.add(answer);
    }

    /**
     * Counts what can't be taken for an answer.
     *
     * @param what the line, object or answer within the file, without anything a worker wrote
     */
    void reject(String reason, Answer.Origin origin, String what) {
        counts.merge(reason, 1L, Long::sum);
        // The first in the order of texts, whatever the order of files.
        PriorityQueue<String> kept =
                samples.computeIfAbsent(reason, r -> new PriorityQueue<>(Collections.reverseOrder()));
        kept.add(sample(origin, what));
        if (kept.size() > maxSamples) {
            kept.poll();
        }
    }

    private static String sample(Answer.Origin origin, String what) {
        Map<String, String> sample = new LinkedHashMap<>();
        sample.put("source", origin.source());
        sample.put("source_file", origin.file());
        sample.put("what", what);
        try {
            return JSON.writeValueAsString(sample);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts can be written as JSON", e);
        }
    }

    List<Answer> answers() {
        return answers;
    }

    /** Rejected lines, objects and answers by reason. */
    Map<String, Long> counts() {
        return counts;
    }

    /** Samples of a reason, sorted. */
    List<String> samples(String reason) {
        PriorityQueue<String> kept = samples.get(reason);
        return kept == null ? List.of() : kept.stream().sorted().toList();
    }
}
