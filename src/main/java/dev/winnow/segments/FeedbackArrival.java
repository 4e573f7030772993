package dev.winnow.segments;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** How fast feedback comes, learned from the event dates of a window that are old enough. */
public final class FeedbackArrival {
    public static final String PIPELINE = ExposureDaily.PIPELINE;
    public static final String RUN_DATE = SegmentFindings.RUN_DATE;
    public static final String VERDICT = "verdict";
    public static final String AGE_DAYS = "age_days";
    public static final String SHARE = "arrived_share";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "feedback_arrival", "Share of the feedback on an event date that arrives by its age in days")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Last day of the window")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(VERDICT, StringType, "WRONG (false positives and relabeled alarms), CONFIRMED or MISSED")
            .required(AGE_DAYS, IntegerType, "Days between event and arrival, 0 to segments.maturity.horizon-days")
            .optional(SHARE, DoubleType, "Fraction arrived at that age; null without verdicts")
            .required("closed_dates", IntegerType, "Event dates it was learned from: older than the horizon")
            .required("verdicts", LongType, "Their verdicts; below 100 the curve keeps no event date back")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, Inferences.USE_CASE, VERDICT, AGE_DAYS)
            .build();

    private FeedbackArrival() {}

    /** Shapes what is known of use cases; none while no event date is closed. */
    static List<Row> rows(String pipeline, LocalDate day, int horizonDays, Map<String, UseCaseWindow> useCases) {
        List<Row> rows = new ArrayList<>();
        useCases.forEach((useCase, window) -> window.arrivals().forEach((verdict, arrivals) -> {
            for (int age = 0; age <= horizonDays && arrivals.closed() > 0; age++) {
                rows.add(RowFactory.create(
                        pipeline,
                        day,
                        useCase,
                        verdict.name(),
                        age,
                        arrivals.curve().share(age),
                        arrivals.closed(),
                        arrivals.verdicts()));
            }
        }));
        return rows;
    }
}
