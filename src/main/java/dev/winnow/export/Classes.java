package dev.winnow.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.answers.Answers;
import dev.winnow.config.ConfigException;
import dev.winnow.consensus.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** The classes of one use case and task, numbered from 0: those that annotators were offered first, in their order. */
final class Classes {
    /** Classes of one use case and task; more are texts that somebody typed. */
    static final int MAX = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();

    /**
     * Numbers the classes.
     *
     * @param offered label categories of the use case
     * @param seen classes of labels
     * @throws ConfigException if there are more than {@link #MAX}
     */
    Classes(String useCase, Collection<String> offered, Collection<String> seen) {
        LinkedHashSet<String> all = new LinkedHashSet<>(offered);
        all.addAll(new TreeSet<>(seen));
        if (all.size() > MAX) {
            throw new ConfigException("the labels of use case " + useCase + " name more than " + MAX
                    + " classes: free texts are no classes; map label to classes");
        }
        names = List.copyOf(all);
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), i);
        }
    }

    List<String> names() {
        return names;
    }

    int number(String name) {
        return Objects.requireNonNull(numbers.get(name), name);
    }

    /** Returns name by number, of {@code used} numbers alone, as Ground Truth writes it. */
    Map<String, String> map(Collection<Integer> used) {
        Map<String, String> map = new LinkedHashMap<>();
        new TreeSet<>(used).forEach(number -> map.put(String.valueOf(number), names.get(number)));
        return map;
    }

    /** Returns the number of an item's class; of a classification. */
    int ofLabel(Row item) {
        return number(item.getAs(Labels.LABEL));
    }

    /** Returns the numbers of an item's classes, ascending; of a multi-label item. */
    List<Integer> ofSet(Row item) {
        List<Integer> numbersOfItem = new ArrayList<>();
        answer(item).forEach(name -> numbersOfItem.add(number(name.asText())));
        numbersOfItem.sort(null);
        return numbersOfItem;
    }

    /** Returns the JSON that an item's label is, for every task but classification. */
    static JsonNode answer(Row item) {
        String json = item.getAs(Labels.ANSWER);
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The table labels holds JSON under " + Answers.ANSWER + ", not " + json, e);
        }
    }
}
