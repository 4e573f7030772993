package dev.winnow.candidates;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** What judged alarms say of the risk of others: the parts that an error risk is the sum of. */
public final class RiskEffects {
    public static final String PIPELINE = Candidates.PIPELINE;
    public static final String RUN_DATE = Candidates.RUN_DATE;
    public static final String RUN_ID = Candidates.RUN_ID;
    public static final String FACTOR = "factor";
    public static final String VALUE = "value";
    public static final String JUDGED = "judged";
    public static final String WRONG = "wrong";
    public static final String EXPECTED = "expected_wrong";
    public static final String EFFECT = "effect";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "risk_effects",
                    "What one value adds to the log-odds ln((1 - confidence) / confidence) that an alarm is wrong")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Day of the candidates; verdicts that arrived by then count")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(
                    FACTOR,
                    StringType,
                    "all (one value, for every alarm), confidence, label, model_version, site, camera or a dimension")
            .required(
                    VALUE,
                    StringType,
                    "Its value; for confidence the lower edge of a bin of 0.05, whose effect holds in the middle and is"
                            + " interpolated between; empty for all")
            .required(JUDGED, LongType, "Judged alarms with the value, on the event dates that are mature")
            .required(WRONG, LongType, "Those that were wrong")
            .required(EXPECTED, DoubleType, "Those that plain confidence lets expect, in the middle of its bins")
            .optional(
                    EFFECT,
                    DoubleType,
                    "Log-odds, drawn to 0 where evidence is thin; an unknown value adds 0. Null for a class with fewer than "
                            + RiskModel.MIN_JUDGED + " judged alarms: its risk is 1 - confidence")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, Inferences.USE_CASE, FACTOR, VALUE)
            .build();

    private RiskEffects() {}

    /** Shapes what was learned, use case by use case. */
    static List<Row> rows(String pipeline, LocalDate day, String runId, Map<String, RiskModel> models) {
        return new TreeMap<>(models)
                .entrySet().stream()
                        .flatMap(model -> model.getValue().effects().stream()
                                .map(effect -> RowFactory.create(
                                        pipeline,
                                        day,
                                        runId,
                                        model.getKey(),
                                        effect.factor(),
                                        effect.value(),
                                        effect.judged(),
                                        effect.wrong(),
                                        effect.expected(),
                                        effect.logOdds())))
                        .toList();
    }
}
