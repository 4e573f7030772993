package dev.winnow.consensus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answers;
import dev.winnow.config.ConsensusSettings;
import dev.winnow.config.ConsensusSettings.Method;
import dev.winnow.stats.Box;
import dev.winnow.stats.BoxConsensus;
import dev.winnow.stats.BoxConsensus.Drawn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of {@link Labels} for items whose answers are boxes or several classes: most of those who saw the image
 * decide about each object or class. Images stand for themselves, so this is one pass over sorted answers.
 */
final class ObjectLabels implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String pipeline;
    private final String useCase;
    private final int minAnswers;
    private final double minConfidence;
    private final int maxAnswers;

    ObjectLabels(String pipeline, String useCase, ConsensusSettings settings) {
        this.pipeline = pipeline;
        this.useCase = useCase;
        this.minAnswers = settings.minAnswers();
        this.minConfidence = settings.method() == Method.UNANIMOUS ? 1 : settings.minConfidence();
        this.maxAnswers = settings.maxAnswers();
    }

    /**
     * Makes one row for each item and task.
     *
     * @param rows item, task, kind, worker and answer, sorted by item, task, kind (the known truth first) and worker; the
     *     latest answer of a worker is its last
     */
    Iterator<Row> of(Iterator<Row> rows) {
        return new Iterator<>() {
            private @Nullable Row next = rows.hasNext() ? rows.next() : null;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Row next() {
                Row first = Objects.requireNonNull(next, "hasNext() was not asked");
                String item = first.getString(0);
                String task = first.getString(1);
                Map<String, String> answers = new TreeMap<>();
                String truth = null;
                for (;
                        next != null
                                && next.getString(0).equals(item)
                                && next.getString(1).equals(task);
                        next = rows.hasNext() ? rows.next() : null) {
                    if (next.getString(2).equals(Answers.GOLD)) {
                        truth = next.getString(4);
                    } else {
                        answers.put(next.getString(3), next.getString(4));
                    }
                }
                return row(item, task, truth, answers);
            }
        };
    }

    private Row row(String item, String task, @Nullable String truth, Map<String, String> answers) {
        if (truth != null) {
            return row(item, task, truth, 1.0, Labels.GOLD, answers.size());
        }
        return task.equals(Answers.BOXES) ? boxes(item, answers) : classes(item, answers);
    }

    private Row boxes(String item, Map<String, String> answers) {
        List<Drawn> drawn = new ArrayList<>();
        answers.forEach((worker, json) -> {
            for (JsonNode box : parse(json)) {
                double left = box.path("left").asDouble();
                double top = box.path("top").asDouble();
                Box place = new Box(
                        left,
                        top,
                        left + box.path("width").asDouble(),
                        top + box.path("height").asDouble());
                drawn.add(new Drawn(worker, box.path("label").asText(), place));
            }
        });
        List<BoxConsensus> groups = BoxConsensus.of(drawn, answers.size());
        List<Map<String, Object>> kept = new ArrayList<>();
        double least = 1;
        boolean tied = false;
        for (BoxConsensus group : groups) {
            // Of a box most drew, how many drew it; of one most did not draw, how many did not.
            double share = (double) group.votes() / answers.size();
            least = Math.min(least, Math.max(share, 1 - share));
            if (group.kept()) {
                tied |= group.label() == null;
                kept.add(json(group));
            } else if (2 * group.votes() == answers.size()) {
                tied = true;
            }
        }
        return row(item, Answers.BOXES, write(kept), tied ? null : least, null, answers.size());
    }

    private static Map<String, Object> json(BoxConsensus group) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", group.label());
        json.put("left", group.box().left());
        json.put("top", group.box().top());
        json.put("width", group.box().right() - group.box().left());
        json.put("height", group.box().bottom() - group.box().top());
        json.put("votes", group.votes());
        json.put("viewers", group.viewers());
        json.put("confidence", group.confidence());
        return json;
    }

    private Row classes(String item, Map<String, String> answers) {
        Map<String, Integer> votes = new TreeMap<>();
        answers.values().forEach(json -> parse(json).forEach(label -> votes.merge(label.asText(), 1, Integer::sum)));
        List<String> kept = new ArrayList<>();
        double least = 1;
        boolean tied = false;
        for (Map.Entry<String, Integer> entry : votes.entrySet()) {
            double share = (double) entry.getValue() / answers.size();
            least = Math.min(least, Math.max(share, 1 - share));
            tied |= 2 * entry.getValue() == answers.size();
            if (2 * entry.getValue() > answers.size()) {
                kept.add(entry.getKey());
            }
        }
        return row(item, Answers.MULTI_LABEL, write(kept), tied ? null : least, null, answers.size());
    }

    private Row row(
            String item, String task, String answer, @Nullable Double confidence, @Nullable String known, int answers) {
        String status = known == null ? ClassLabels.status(answers, confidence, minAnswers, minConfidence) : known;
        return RowFactory.create(
                pipeline,
                useCase,
                item,
                task,
                null,
                answer,
                confidence,
                Method.MAJORITY.name(),
                status,
                ClassLabels.needs(status, answers, maxAnswers),
                answers,
                null,
                null,
                new Row[0]);
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The table answers holds JSON, not " + json, e);
        }
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Lists of texts and numbers can be written as JSON", e);
        }
    }
}
