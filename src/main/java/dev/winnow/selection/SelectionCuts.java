package dev.winnow.selection;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.tables.TableDef;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Where each signal was cut: what kept an image out of a round. */
public final class SelectionCuts {
    public static final String QUOTA = "quota";
    public static final String ELIGIBLE = "eligible";
    public static final String SELECTED = "selected";
    public static final String HELD_BY_BURST = "held_by_burst";
    public static final String HELD_BY_CAMERA = "held_by_camera";
    public static final String HELD_BY_SITE = "held_by_site";
    public static final String HELD_BY_CLASS = "held_by_class";
    public static final String UNUSABLE = "unusable";
    public static final String HELD_BY_OPEN_WORK = "held_by_open_work";
    public static final String HELD_BY_CEILING = "held_by_ceiling";
    public static final String LOWEST_SCORE = "lowest_score";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "selection_cuts", "What one signal of one use case was given and where it was cut")
            .required(Selections.PIPELINE, StringType, "Pipeline")
            .required(Selections.RUN_DATE, DateType, "Run date of the round")
            .required(Selections.ROUND_ID, StringType, "Round")
            .required(Inferences.USE_CASE, StringType, "Use case")
            .required(Selections.SIGNAL, StringType, "Signal")
            .required(QUOTA, LongType, "Images the budget gave the signal at first")
            .required(ELIGIBLE, LongType, "Items in the signal's pool that no earlier round holds")
            .required(SELECTED, LongType, "Images charged to the signal; more than the quota where others spilled")
            .required(
                    HELD_BY_BURST,
                    LongType,
                    "Items passed over because their burst was full: another image of the camera and class at nearly the"
                            + " same time stands for it. Who is held by several counts for the first of burst, camera,"
                            + " site, class")
            .required(HELD_BY_CAMERA, LongType, "Items passed over because their camera was full")
            .required(HELD_BY_SITE, LongType, "Items passed over because their site was full")
            .required(HELD_BY_CLASS, LongType, "Items passed over because their predicted class was full")
            .required(
                    UNUSABLE,
                    LongType,
                    "Items passed over because their image is missing, empty, too large or can't be labeled")
            .optional(
                    LOWEST_SCORE,
                    DoubleType,
                    "Lowest score that was chosen; null where none was or scores do not count")
            .optional(
                    HELD_BY_OPEN_WORK,
                    LongType,
                    "Images of the use case's budget, over all its signals, that were held back because of what the team"
                            + " still has open; null in rows from before the column")
            .optional(
                    HELD_BY_CEILING,
                    LongType,
                    "Items that could have been chosen when the signal had as many images as its ceiling"
                            + " (use-cases.<name>.signal-bounds) allows; 0 below it; null in rows from before the column")
            .check("selected_not_negative", SELECTED + " >= 0")
            .partitionedBy(Selections.PIPELINE, Selections.RUN_DATE)
            .key(Selections.PIPELINE, Selections.RUN_DATE, Selections.ROUND_ID, Inferences.USE_CASE, Selections.SIGNAL)
            .build();

    private SelectionCuts() {}

    /**
     * One row; values in declared order.
     *
     * @param heldByOpenWork images of the use case's budget
     */
    static Row row(String pipeline, Round round, SelectionCut cut, long heldByOpenWork) {
        return RowFactory.create(
                pipeline,
                round.date(),
                round.id(),
                cut.useCase(),
                cut.signal(),
                (long) cut.tally().quota(),
                (long) cut.tally().eligible(),
                (long) cut.selected(),
                (long) cut.tally().heldBy(Cap.BURST),
                (long) cut.tally().heldBy(Cap.CAMERA),
                (long) cut.tally().heldBy(Cap.SITE),
                (long) cut.tally().heldBy(Cap.CLASS),
                (long) cut.tally().unusable(),
                cut.lowestScore(),
                heldByOpenWork,
                (long) cut.tally().heldByCeiling());
    }
}
