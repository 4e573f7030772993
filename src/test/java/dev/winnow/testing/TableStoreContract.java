package dev.winnow.testing;

import static dev.winnow.testing.Datasets.assertSameRows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.TableStore;
import dev.winnow.tables.InputException;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every table store does; the fake and the adapter both pass it. */
@ExtendWith(SparkExtension.class)
public abstract class TableStoreContract {
    protected static final TableDef CELLS = TableDef.named("cells", "One cell of one camera on one day.")
            .required("pipeline", DataTypes.StringType, "Pipeline")
            .required("event_date", DataTypes.DateType, "Day, UTC")
            .required("camera_id", DataTypes.StringType, "Camera")
            .required("shown", DataTypes.LongType, "Images; it's a count")
            .optional("judged", DataTypes.LongType, "Judged images; null when nobody looked")
            .check("shown_positive", "shown > 0")
            .check("judged_of_shown", "judged IS NULL OR judged <= shown")
            .partitionedBy("pipeline", "event_date")
            .key("pipeline", "event_date", "camera_id")
            .build();

    protected static final LocalDate DAY = LocalDate.of(2026, 11, 2);

    /** Returns a store without tables. */
    protected abstract TableStore emptyStore();

    protected static Map<String, Object> scope(String pipeline, LocalDate day) {
        return Map.of("pipeline", pipeline, "event_date", day);
    }

    protected static String cell(String pipeline, LocalDate day, String camera, int shown) {
        return "{'pipeline':'%s','event_date':'%s','camera_id':'%s','shown':%d}"
                .formatted(pipeline, day, camera, shown);
    }

    @Test
    void aTableThatDoesNotExistReadsEmptyWithItsColumns() {
        TableStore store = emptyStore();
        assertThat(store.read(CELLS).collectAsList()).isEmpty();
        assertThat(store.read(CELLS).columns())
                .containsExactly("pipeline", "event_date", "camera_id", "shown", "judged");
        assertThat(store.names()).isEmpty();
        assertThatThrownBy(() -> store.readStored("cells"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no table cells");
    }

    @Test
    void whatWasReplacedIsReadBackAndCounted() {
        TableStore store = emptyStore();
        var rows = Frames.of(CELLS, cell("p", DAY, "c1", 3), cell("p", DAY, "c2", 5));
        assertThat(store.replace(CELLS, rows, scope("p", DAY))).isEqualTo(2);
        assertSameRows(rows, store.read(CELLS));
        assertThat(store.names()).containsExactly("cells");
    }

    @Test
    void aReplacementTouchesItsOwnPipelineAndDayOnly() {
        TableStore store = emptyStore();
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "old", 1), cell("p", DAY, "older", 2)), scope("p", DAY));
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY.plusDays(1), "c1", 2)), scope("p", DAY.plusDays(1)));
        store.replace(CELLS, Frames.of(CELLS, cell("q", DAY, "c1", 3)), scope("q", DAY));
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "new", 4)), scope("p", DAY));
        assertSameRows(
                Frames.of(
                        CELLS, cell("p", DAY, "new", 4), cell("p", DAY.plusDays(1), "c1", 2), cell("q", DAY, "c1", 3)),
                store.read(CELLS));
    }

    @Test
    void severalDaysAreReplacedAtOnceAndNoOther() {
        TableStore store = emptyStore();
        for (int day = 0; day < 4; day++) {
            store.replace(
                    CELLS, Frames.of(CELLS, cell("p", DAY.plusDays(day), "old", 1)), scope("p", DAY.plusDays(day)));
        }
        Map<String, Object> days =
                Map.of("pipeline", "p", "event_date", List.of(DAY, DAY.plusDays(1), DAY.plusDays(2)));
        String[] rows = {
            cell("p", DAY, "new", 2), cell("p", DAY.plusDays(2), "b", 3), cell("p", DAY.plusDays(2), "a", 4)
        };

        assertThat(store.replace(CELLS, Frames.of(CELLS, rows), days)).isEqualTo(3);
        assertSameRows(
                Frames.of(CELLS, rows[0], rows[1], rows[2], cell("p", DAY.plusDays(3), "old", 1)), store.read(CELLS));
    }

    @Test
    void anEmptyFrameClearsTheScope() {
        TableStore store = emptyStore();
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        store.replace(CELLS, Frames.of(CELLS, cell("q", DAY, "c1", 1)), scope("q", DAY));
        assertThat(store.replace(CELLS, Frames.of(CELLS), scope("p", DAY))).isZero();
        assertSameRows(Frames.of(CELLS, cell("q", DAY, "c1", 1)), store.read(CELLS));
    }

    @Test
    void appendedRowsAddUp() {
        TableStore store = emptyStore();
        store.append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        store.append(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)));
        assertThat(store.read(CELLS).count()).isEqualTo(2);
    }

    @Test
    void aDimensionThatComesLaterIsNullInOlderRowsAndHiddenFromThoseWhoDoNotDeclareIt() {
        TableStore store = emptyStore();
        TableDef wide = CELLS.withDimensions(List.of("lighting"));
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        String night = cell("q", DAY, "c1", 1).replace("}", ",'dim_lighting':'night'}");
        store.replace(wide, Frames.of(wide, night), scope("q", DAY));
        store.replace(CELLS, Frames.of(CELLS, cell("r", DAY, "c1", 1)), scope("r", DAY));
        assertSameRows(Frames.of(wide, cell("p", DAY, "c1", 1), night, cell("r", DAY, "c1", 1)), store.read(wide));
        assertThat(store.read(CELLS).columns()).doesNotContain("dim_lighting");
        assertThat(store.readStored("cells").columns()).contains("dim_lighting");
    }

    @Test
    void aRowThatBreaksAConstraintIsRefusedAndTheTableStays() {
        TableStore store = emptyStore();
        store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 1)), scope("p", DAY));
        assertThatThrownBy(() -> store.replace(CELLS, Frames.of(CELLS, cell("p", DAY, "c1", 0)), scope("p", DAY)))
                .hasStackTraceContaining("shown_positive");
        assertThatThrownBy(() -> store.replace(
                        CELLS,
                        Frames.of(CELLS, cell("p", DAY, "c1", 1).replace("'camera_id':'c1'", "'camera_id':null")),
                        scope("p", DAY)))
                .hasStackTraceContaining("camera_id");
        assertSameRows(Frames.of(CELLS, cell("p", DAY, "c1", 1)), store.read(CELLS));
    }

    @Test
    void rowsOutsideTheScopeAreRefused() {
        TableStore store = emptyStore();
        assertThatThrownBy(() -> store.replace(CELLS, Frames.of(CELLS, cell("q", DAY, "c1", 1)), scope("p", DAY)))
                .isInstanceOf(Exception.class)
                .hasMessageMatching("(?s).*(REPLACE_WHERE_MISMATCH|lie outside).*");
        assertThatThrownBy(() -> store.replace(CELLS, Frames.of(CELLS), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least the pipeline");
    }
}
