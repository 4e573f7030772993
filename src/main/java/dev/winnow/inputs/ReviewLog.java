package dev.winnow.inputs;

import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Reviews.CONFIDENCE;
import static dev.winnow.inputs.Reviews.INCLUSION_PROBABILITY;
import static dev.winnow.inputs.Reviews.ITEM_ID;
import static dev.winnow.inputs.Reviews.KNOWN_WRONG;
import static dev.winnow.inputs.Reviews.LABEL;
import static dev.winnow.inputs.Reviews.VERDICT;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.InputSettings;
import dev.winnow.config.ReviewSettings;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/** A plain table of reviews as canonical rows; may be absent. */
public final class ReviewLog {
    private static final TableDef TABLE = Reviews.TABLE;

    private final SourceReader sources;
    private final InputSettings input;
    private final double scale;

    /** Reads reviews as {@code settings} say. */
    public ReviewLog(SourceReader sources, ReviewSettings settings) {
        this.sources = sources;
        this.input = settings.input();
        this.scale = settings.confidenceScale();
    }

    /** Returns whether there is such a table at all. */
    public boolean present() {
        return input.present();
    }

    /** Describes the files of the table; reads no data. */
    public DayInput files() {
        return DayInput.of(present() ? sources.files(input, sources.open(input)) : List.of());
    }

    /**
     * Returns all reviews, shaped like {@link Reviews}, {@code reject_reason} last: null for one that counts. Verdicts may
     * be written in small letters and with blanks or hyphens, such as {@code can't tell}.
     */
    public Dataset<Row> reviews() {
        List<String> optional = new ArrayList<>();
        for (StructField field : TABLE.schema().fields()) {
            if (field.nullable()
                    && !field.name().equals(VERDICT)
                    && !field.name().equals(CONFIDENCE)) {
                optional.add(field.name());
            }
        }
        List<Column> columns = new ArrayList<>();
        TABLE.columns().forEach(name -> columns.add(col(name)));
        columns.add(col(REJECT_REASON));
        Column word = regexp_replace(regexp_replace(upper(trim(col(VERDICT))), "[ -]+", "_"), "'", "");
        return Mapping.apply(sources.open(input), input, TABLE, optional, List.of(), List.of())
                .withColumn(CONFIDENCE, col(CONFIDENCE).divide(lit(scale)))
                .withColumn(KNOWN_WRONG, coalesce(col(KNOWN_WRONG), lit(false)))
                .withColumn(VERDICT, when(word.notEqual(""), word))
                .withColumn(REJECT_REASON, reason())
                .select(columns.toArray(Column[]::new));
    }

    /** The first rule a row breaks, in this order; null if it keeps them all. A bad confidence is counted elsewhere. */
    private static Column reason() {
        Column probability = col(INCLUSION_PROBABILITY);
        return coalesce(
                when(col(ITEM_ID).isNull(), ITEM_ID + "_null"),
                when(col(LABEL).isNull(), LABEL + "_null"),
                when(
                        not(col(VERDICT).isin(Reviews.CONFIRM, Reviews.DISCONFIRM, Reviews.CANT_TELL)),
                        VERDICT + "_unknown"),
                when(unread(KNOWN_WRONG), concat(lit(KNOWN_WRONG + "_"), col(Mapping.problem(KNOWN_WRONG)))),
                when(
                        unread(INCLUSION_PROBABILITY).or(not(probability.gt(0).and(probability.leq(1)))),
                        INCLUSION_PROBABILITY + "_out_of_range"));
    }

    private static Column unread(String column) {
        return col(Mapping.problem(column)).isNotNull();
    }
}
