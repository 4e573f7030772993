package dev.winnow.inputs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import dev.winnow.config.InputSettings;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which rounds of labeling trained which model version; may be absent. */
public final class ModelTraining {
    public static final String ROUND_ID = "round_id";
    public static final String MODEL_VERSION = Inferences.MODEL_VERSION;
    public static final String TRAINED_AT = "trained_at";

    /** The canonical shape. Never stored. */
    public static final TableDef TABLE = TableDef.named(
                    "model_training", "One round whose labels were part of one model version's training")
            .required(ROUND_ID, StringType, "Round, as in selections")
            .required(MODEL_VERSION, StringType, "Model version, as in the inference log")
            .required(TRAINED_AT, TimestampType, "When it was trained")
            .key(ROUND_ID, MODEL_VERSION)
            .build();

    /** Rows that come to the driver, by judgement: a round a day for a century. */
    private static final int MAX_ROWS = 50_000;

    private static final String REASON = "reason";

    private final SourceReader sources;
    private final InputSettings settings;

    /**
     * One row.
     *
     * @param round round
     * @param modelVersion model version that its labels were part of
     * @param trainedAt when it was trained
     */
    public record Trained(String round, String modelVersion, Instant trainedAt) {}

    /** Reads the table as {@code settings} say. */
    public ModelTraining(SourceReader sources, InputSettings settings) {
        this.sources = sources;
        this.settings = settings;
    }

    /** Returns whether there is such a table at all. */
    public boolean present() {
        return settings.present();
    }

    /** Describes the files of the table; reads no data. */
    public DayInput files() {
        return DayInput.of(present() ? sources.files(settings, sources.open(settings)) : List.of());
    }

    /**
     * Returns all rows by time of training, model version and round; none if there is no table.
     *
     * @throws InputException if a row breaks the contract: a wrong effect could be put down to a round
     */
    public List<Trained> all() {
        if (!present()) {
            return List.of();
        }
        Column missing = coalesce(
                when(col(ROUND_ID).isNull(), ROUND_ID + "_null"),
                when(col(MODEL_VERSION).isNull(), MODEL_VERSION + "_null"),
                concat(lit(TRAINED_AT + "_"), col(Mapping.problem(TRAINED_AT))),
                when(col(TRAINED_AT).isNull(), TRAINED_AT + "_null"));
        Dataset<Row> rows = Mapping.apply(sources.open(settings), settings, TABLE, List.of(), List.of(), List.of())
                .withColumn(REASON, missing);
        List<Trained> trained = new ArrayList<>();
        for (Row row : rows.select(ROUND_ID, MODEL_VERSION, TRAINED_AT, REASON)
                .limit(MAX_ROWS + 1)
                .collectAsList()) {
            if (!row.isNullAt(3)) {
                throw new InputException("inputs.model-training: a row of " + settings.place()
                        + " breaks its contract: " + row.getString(3)
                        + "; every row needs a round_id, a model_version and a time trained_at");
            }
            trained.add(new Trained(row.getString(0), row.getString(1), row.getInstant(2)));
        }
        if (trained.size() > MAX_ROWS) {
            throw new InputException("inputs.model-training: " + settings.place() + " has more than " + MAX_ROWS
                    + " rows; it should have one for each round and model version");
        }
        trained.sort(Comparator.comparing(Trained::trainedAt)
                .thenComparing(Trained::modelVersion)
                .thenComparing(Trained::round));
        return trained;
    }
}
