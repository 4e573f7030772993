package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.FeedbackLog;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.Stage;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at a day's inputs as a run would read them; passes over the day's inferences once and changes nothing. */
public final class CheckJob implements Stage {
    private static final String NAME = "check";
    private static final double MIB = 1 << 20;

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final FeedbackLog feedback;

    /** Creates the job over its inputs. */
    public CheckJob(WinnowConfig config, InferenceLog inferences, FeedbackLog feedback) {
        this.config = config;
        this.inferences = inferences;
        this.feedback = feedback;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        List<String> sentences = new ArrayList<>();
        DayInput input = inferences.day(day);
        sentences.add(String.format(
                Locale.ROOT, "inferences of %s: %,d files, %,.1f MiB", day, input.files(), input.bytes() / MIB));
        Column[] cell = Cells.keys(inferences.dimensions()).stream()
                .map(key -> key.equals(ExposureDaily.LABEL) ? Cells.label() : col(key))
                .toArray(Column[]::new);
        Map<String, Long> rejected = new TreeMap<>();
        long accepted = 0;
        long cells = 0;
        for (Row row : inferences
                .days(List.of(day))
                .groupBy(REJECT_REASON)
                .agg(count(lit(1)), approx_count_distinct(xxhash64(cell)))
                .collectAsList()) {
            if (row.isNullAt(0)) {
                accepted = row.getLong(1);
                cells = row.getLong(2);
            } else {
                rejected.put(row.getString(0), row.getLong(1));
            }
        }
        long broken = rejected.values().stream().mapToLong(Long::longValue).sum();
        sentences.add(
                String.format(Locale.ROOT, "%,d rows keep the contract, %,d break it %s", accepted, broken, rejected));
        sentences.add(String.format(
                Locale.ROOT,
                "about %,d cells a day, %.1f %% of the rows",
                cells,
                100.0 * cells / Math.max(1, accepted)));
        if (feedback.present()) {
            checkFeedback(day, sentences);
        } else {
            sentences.add("no feedback is configured: rates stay empty, sampling works");
        }
        config.useCases()
                .forEach((name, useCase) -> sentences.add(String.format(
                        Locale.ROOT,
                        "budget of use case %s: %,d images a round, %.0f %% of them audit",
                        name,
                        useCase.budget(),
                        100 * useCase.auditShare())));
        return new Report(accepted + broken, 0, broken, 1, input.fingerprint(), sentences);
    }

    private void checkFeedback(LocalDate day, List<String> sentences) {
        Map<String, Long> marks = new TreeMap<>();
        Dataset<Row> arrived = feedback.arrivedOn(List.of(day));
        for (Row row : arrived.groupBy(REJECT_REASON).agg(count(lit(1))).collectAsList()) {
            marks.put(row.isNullAt(0) ? "kept" : row.getString(0), row.getLong(1));
        }
        sentences.add(String.format(
                Locale.ROOT,
                "feedback that arrived on %s: %,d files, %s marks",
                day,
                feedback.day(day).files(),
                marks));
        long bytes = 0;
        for (int age : feedback.settings().catchUpAges()) {
            bytes += inferences.day(day.minusDays(age)).bytes();
        }
        sentences.add(String.format(
                Locale.ROOT,
                "ids of feedback without an event date are looked up in the id columns of %d days of inferences, %,.1f"
                        + " MiB in all columns",
                feedback.settings().catchUpAges().size(),
                bytes / MIB));
    }
}
