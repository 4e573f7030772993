package dev.winnow.consensus;

import dev.winnow.answers.Answers;
import dev.winnow.inputs.Inferences;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Who answered what in one use case, in numbers: annotators, classes, guideline versions, and how long answers took. On the
 * driver: 8 bytes for each annotator and class.
 */
final class Profile {
    /** Answers in a row of the summary. */
    static final String ROWS = "rows";

    /** Answers among them that tell how long they took. */
    static final String TIMED = "timed";

    /** How long these took together. */
    static final String MILLIS = "millis";

    private static final double PER_SECOND = 1e3;

    private final String useCase;
    private final Dictionary workers;
    private final Dictionary classes;
    private final Dictionary versions;
    private final Set<String> answeredVersions;
    private final long[][] chosen;
    private final long[] chosenByAll;
    private final long[] timed;
    private final long[] millis;
    private final long answers;

    /**
     * Sums up a use case.
     *
     * @param rows {@code kind}, {@code worker_id}, {@code label} and {@code guideline_version} of answers and known truths,
     *     with {@link #ROWS}, {@link #TIMED} and {@link #MILLIS}
     */
    Profile(String useCase, List<Row> rows) {
        this.useCase = useCase;
        List<Row> ofWorkers = rows.stream()
                .filter(row -> row.getAs(Answers.KIND).equals(Answers.WORKER))
                .toList();
        workers = new Dictionary(names(ofWorkers, Answers.WORKER_ID));
        classes = new Dictionary(names(rows, Answers.LABEL));
        versions = new Dictionary(names(rows, Answers.GUIDELINE_VERSION));
        answeredVersions = Set.copyOf(names(ofWorkers, Answers.GUIDELINE_VERSION));
        chosen = new long[workers.size()][classes.size()];
        chosenByAll = new long[classes.size()];
        timed = new long[workers.size()];
        millis = new long[workers.size()];
        for (Row row : ofWorkers) {
            int worker = workers.number(row.getAs(Answers.WORKER_ID));
            int label = classes.number(row.getAs(Answers.LABEL));
            chosen[worker][label] += row.<Long>getAs(ROWS);
            chosenByAll[label] += row.<Long>getAs(ROWS);
            timed[worker] += row.<Long>getAs(TIMED);
            millis[worker] += row.<Long>getAs(MILLIS);
        }
        answers = rows.stream().mapToLong(row -> row.<Long>getAs(ROWS)).sum();
    }

    private static List<String> names(List<Row> rows, String column) {
        List<String> names = new ArrayList<>();
        rows.forEach(row -> names.add(Objects.requireNonNullElse(row.getAs(column), Inferences.UNKNOWN_VALUE)));
        return names;
    }

    String useCase() {
        return useCase;
    }

    Dictionary workers() {
        return workers;
    }

    Dictionary classes() {
        return classes;
    }

    Dictionary versions() {
        return versions;
    }

    /** Whether somebody answered by a version; known truths follow none. */
    boolean isAnswered(int version) {
        return answeredVersions.contains(versions.name(version));
    }

    /** Answers and known truths. */
    long answers() {
        return answers;
    }

    /** Null where no answer of the worker tells its time. */
    @Nullable
    Double secondsPerAnswer(int worker) {
        return timed[worker] == 0 ? null : millis[worker] / PER_SECOND / timed[worker];
    }

    /** Total variation between the classes that a worker and that all choose, in [0, 1]. */
    double classDistance(int worker) {
        double own = Arrays.stream(chosen[worker]).sum();
        double all = Arrays.stream(chosenByAll).sum();
        double distance = 0;
        for (int k = 0; k < chosenByAll.length; k++) {
            distance += Math.abs(chosen[worker][k] / own - chosenByAll[k] / all) / 2;
        }
        return Math.min(1, distance);
    }
}
