package dev.winnow.segments;

import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.segments.ExposureDaily.LABEL;
import static dev.winnow.segments.ExposureDaily.SHOWN;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.inputs.Inferences;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** The cells of a window and the dimensions they have. */
final class Windows {
    private Windows() {}

    /** Name of the dimension whose values are sites. */
    static final String SITE = "site";

    /**
     * The dimensions that make segments: class, model version and site, which every cell has, and the configured ones.
     *
     * @param ofFrames dimensions of frames
     * @param ofCameras dimensions of cameras
     */
    static List<Lattice.Dimension> dimensions(List<String> ofFrames, List<String> ofCameras) {
        List<Lattice.Dimension> dimensions = new ArrayList<>(List.of(
                new Lattice.Dimension("label", LABEL, false),
                new Lattice.Dimension("model_version", MODEL_VERSION, false),
                new Lattice.Dimension(SITE, SITE_ID, true)));
        ofFrames.forEach(name -> dimensions.add(new Lattice.Dimension(name, TableDef.dimensionColumn(name), false)));
        ofCameras.forEach(name -> dimensions.add(new Lattice.Dimension(name, TableDef.dimensionColumn(name), true)));
        return dimensions;
    }

    /**
     * Puts exposure and verdicts of a window under each other, shaped as {@link SegmentSums} takes cells: rows of equal
     * keys add up there. The event date, and the arrival date of verdicts (null for exposure), are for {@link ChangeTallies}.
     */
    static Dataset<Row> cells(Dataset<Row> exposure, Dataset<Row> verdicts, List<String> frameDimensions) {
        List<Column> shown = new ArrayList<>(List.of(Cells.columns(Cells.keys(frameDimensions))));
        List<Column> judged = new ArrayList<>(shown);
        shown.add(col(ExposureDaily.EVENT_DATE));
        shown.add(lit(null).cast(DataTypes.DateType).as(VerdictDaily.ARRIVAL_DATE));
        judged.add(col(VerdictDaily.EVENT_DATE));
        judged.add(col(VerdictDaily.ARRIVAL_DATE));
        shown.add(col(SHOWN).as(SegmentSums.ALARMS));
        judged.add(lit(0L).as(SegmentSums.ALARMS));
        Map<String, Column> counts = new TreeMap<>(Map.of(
                SegmentSums.WRONG, col(VerdictDaily.FALSE_POSITIVES).plus(col(VerdictDaily.RELABELED)),
                SegmentSums.CONFIRMED, col(VerdictDaily.CONFIRMED),
                SegmentSums.RELABELED, col(VerdictDaily.RELABELED),
                SegmentSums.MISSED, col(VerdictDaily.MISSED)));
        counts.forEach((name, value) -> {
            shown.add(lit(0L).as(name));
            judged.add(value.as(name));
        });
        return exposure.filter(col(LABEL).notEqual(Inferences.NO_LABEL))
                .select(shown.toArray(Column[]::new))
                .unionByName(verdicts.select(judged.toArray(Column[]::new)));
    }
}
