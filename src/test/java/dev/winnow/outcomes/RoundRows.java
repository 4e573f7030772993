package dev.winnow.outcomes;

import dev.winnow.answers.Answers;
import dev.winnow.consensus.Labels;
import dev.winnow.segments.Misclassified;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Selections of pipeline p and use case dock, with what came back of them. */
final class RoundRows {
    private final FakeTables tables;
    private final Map<TableDef, List<String>> rows = new LinkedHashMap<>();
    private int rank;

    RoundRows(FakeTables tables) {
        this.tables = tables;
    }

    static void seal(MemoryObjects objects, String round) {
        objects.put("/rounds/p/rounds/" + round + "/round.json", "{}");
    }

    /** A row of any table, as JSON with single quotes. */
    void row(TableDef table, String row) {
        rows.computeIfAbsent(table, t -> new ArrayList<>()).add(row);
    }

    private static String text(@Nullable String value) {
        return value == null ? "null" : "'" + value.replace("'", "\\u0027") + "'";
    }

    /** An item of a round; {@code signals} are all that speak for it, the charged one first. */
    RoundRows selected(
            String round,
            String item,
            String camera,
            @Nullable String predicted,
            @Nullable String segment,
            String... signals) {
        boolean audit = signals[0].equals("AUDIT");
        row(
                Selections.TABLE,
                ("{'pipeline':'p','run_date':'%s','round_id':'%s','run_id':'r','use_case':'dock','signal':'%s','rank':%d,"
                                + "'item_id':'%s','inference_id':'i-%5$s','image_uri':'s3://b/%5$s.jpg',"
                                + "'captured_at':'2026-10-31T10:00:00Z','site_id':'s','camera_id':'%s','model_version':'m1',"
                                + "'predicted_label':%s,'segment':%s,'signals':['%s'],'design':'%s',"
                                + "'inclusion_probability':%s,'reason':'because'}")
                        .formatted(
                                round.substring(0, 10),
                                round,
                                signals[0],
                                ++rank,
                                item,
                                camera,
                                text(predicted),
                                text(segment),
                                String.join("','", signals),
                                audit ? "UNIFORM" : "PURPOSIVE",
                                audit ? "0.1" : "null"));
        return this;
    }

    RoundRows label(String item, String status, @Nullable String label) {
        row(
                Labels.TABLE,
                ("{'pipeline':'p','use_case':'dock','item_id':'%s','task':'CLASSIFICATION','label':%s,'method':'MAJORITY',"
                                + "'status':'%s','needs':%s,'answers':2,'posteriors':[]}")
                        .formatted(
                                item,
                                text(label),
                                status,
                                status.equals("OPEN") || status.equals("TIED") ? "'EXPERT'" : "null"));
        return this;
    }

    /** A sure label of another task; {@code answer} is JSON with single quotes. */
    RoundRows label(String item, String task, String label, String answer) {
        row(
                Labels.TABLE,
                ("{'pipeline':'p','use_case':'dock','item_id':'%s','task':'%s','label':%s,'answer':'%s','method':'MAJORITY',"
                                + "'status':'AGREED','needs':null,'answers':2,'posteriors':[]}")
                        .formatted(item, task, label, answer.replace("'", "\\u0022")));
        return this;
    }

    RoundRows answer(String item, String worker, @Nullable Double seconds, @Nullable String round) {
        return answer(item, worker, seconds, round, "CLASSIFICATION", "WORKER");
    }

    RoundRows answer(
            String item, String worker, @Nullable Double seconds, @Nullable String round, String task, String kind) {
        row(
                Answers.TABLE,
                ("{'pipeline':'p','use_case':'dock','job_name':'j','item_id':'%s','worker_id':'%s','repetition':1,"
                                + "'kind':'%s','status':'ANSWERED','task':'%s','label':'x','seconds_spent':%s,"
                                + "'round_id':%s,'source':'s','source_file':''}")
                        .formatted(item, worker, kind, task, seconds, text(round)));
        return this;
    }

    /** Feedback that called the item's prediction wrong; the log names images as Hadoop does. */
    RoundRows marked(String item, @Nullable String predicted, String verdict, String arrived) {
        return marked(item, predicted, verdict, null, arrived);
    }

    RoundRows marked(
            String item, @Nullable String predicted, String verdict, @Nullable String corrected, String arrived) {
        row(
                Misclassified.TABLE,
                ("{'pipeline':'p','arrival_date':'%s','inference_id':'i-%s','image_uri':'s3a://b/%2$s.jpg',"
                                + "'captured_at':'2026-10-31T10:00:00Z','event_date':'2026-10-31','use_case':'dock',"
                                + "'model_version':'m1','site_id':'s','camera_id':'c','predicted_label':%s,'verdict':'%s',"
                                + "'corrected_label':%s}")
                        .formatted(arrived, item, text(predicted), verdict, text(corrected)));
        return this;
    }

    /** Puts all rows into their tables, in some number of partitions. */
    void store(int partitions) {
        // Read as JSON an array could hold nulls, which the tables forbid.
        rows.forEach((table, of) -> tables.with(
                table.name(),
                SparkExtension.session()
                        .createDataFrame(
                                Frames.of(table, of.toArray(String[]::new))
                                        .repartition(partitions)
                                        .collectAsList(),
                                nullable(table.schema()))));
    }

    private static StructType nullable(StructType schema) {
        return new StructType(Arrays.stream(schema.fields())
                .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
                .toArray(StructField[]::new));
    }
}
