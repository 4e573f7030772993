package dev.winnow.inputs;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.WorkerAnswers.EXPERT;
import static dev.winnow.inputs.WorkerAnswers.GOLD;
import static dev.winnow.inputs.WorkerAnswers.ITEM_ID;
import static dev.winnow.inputs.WorkerAnswers.LABEL;
import static dev.winnow.inputs.WorkerAnswers.REPETITION;
import static dev.winnow.inputs.WorkerAnswers.SECONDS_SPENT;
import static dev.winnow.inputs.WorkerAnswers.SUBMITTED_AT;
import static dev.winnow.inputs.WorkerAnswers.WORKER_ID;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.InputSettings;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/** A plain table of answers as canonical rows; may be absent. */
public final class AnswerLog {
    private static final TableDef TABLE = WorkerAnswers.TABLE;

    private final SourceReader sources;
    private final InputSettings settings;

    /** Reads answers as {@code settings} say. */
    public AnswerLog(SourceReader sources, InputSettings settings) {
        this.sources = sources;
        this.settings = settings;
    }

    /** Returns whether there is such a table at all. */
    public boolean present() {
        return settings.present();
    }

    /** Returns the place of the table for messages. */
    public String place() {
        return settings.place();
    }

    /** Describes the files of the table; reads no data. */
    public DayInput files() {
        return DayInput.of(present() ? sources.files(settings, sources.open(settings)) : List.of());
    }

    /** Returns all answers, shaped like {@link WorkerAnswers}, {@code reject_reason} last: null for one that counts. */
    public Dataset<Row> answers() {
        List<String> optional = new ArrayList<>();
        for (StructField field : TABLE.schema().fields()) {
            if (field.nullable() && !field.name().equals(WORKER_ID)) {
                optional.add(field.name());
            }
        }
        List<Column> columns = new ArrayList<>();
        TABLE.columns().forEach(name -> columns.add(col(name)));
        columns.add(col(REJECT_REASON));
        return Mapping.apply(sources.open(settings), settings, TABLE, optional, List.of(), List.of())
                .withColumn(GOLD, coalesce(col(GOLD), lit(false)))
                .withColumn(EXPERT, coalesce(col(EXPERT), lit(false)))
                .withColumn(
                        REPETITION, when(unread(REPETITION), lit(null)).otherwise(coalesce(col(REPETITION), lit(1))))
                .withColumn(REJECT_REASON, reason())
                .select(columns.toArray(Column[]::new));
    }

    /** The first rule a row breaks, in this order; null if it keeps them all. */
    private static Column reason() {
        return coalesce(
                when(col(ITEM_ID).isNull(), ITEM_ID + "_null"),
                when(col(LABEL).isNull(), LABEL + "_null"),
                when(unread(GOLD), concat(lit(GOLD + "_"), col(Mapping.problem(GOLD)))),
                when(unread(EXPERT), concat(lit(EXPERT + "_"), col(Mapping.problem(EXPERT)))),
                when(col(WORKER_ID).isNull().and(not(col(GOLD))), WORKER_ID + "_null"),
                when(unread(REPETITION), concat(lit(REPETITION + "_"), col(Mapping.problem(REPETITION)))),
                when(unread(SUBMITTED_AT), concat(lit(SUBMITTED_AT + "_"), col(Mapping.problem(SUBMITTED_AT)))),
                when(unread(SECONDS_SPENT), concat(lit(SECONDS_SPENT + "_"), col(Mapping.problem(SECONDS_SPENT)))),
                when(
                        col(SECONDS_SPENT).lt(0).or(col(SECONDS_SPENT).isin(Double.NaN, Double.POSITIVE_INFINITY)),
                        SECONDS_SPENT + "_out_of_range"));
    }

    private static Column unread(String column) {
        return col(Mapping.problem(column)).isNotNull();
    }
}
