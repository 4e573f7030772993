package dev.winnow.quality;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabelClass.Status;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Marks labels as void whose class the newest run date has withdrawn, and those that are void no more. */
final class VoidLabels {
    private static final String FROM = "void_from";
    private static final String FIRST = "first_void";

    private final String pipeline;
    private final TableStore tables;

    VoidLabels(String pipeline, TableStore tables) {
        this.pipeline = pipeline;
        this.tables = tables;
    }

    /** Rewrites the run dates on which a label stands otherwise than it should; mostly there are none. */
    void mark() {
        Dataset<Row> days = tables.read(AutoLabelDays.TABLE)
                .filter(col(AutoLabelDays.PIPELINE).equalTo(pipeline));
        LocalDate newest = days.agg(max(AutoLabelDays.RUN_DATE)).first().getAs(0);
        if (newest == null) {
            return;
        }
        Dataset<Row> withdrawn = days.filter(col(AutoLabelDays.RUN_DATE)
                        .equalTo(lit(newest))
                        .and(col(AutoLabelDays.STATUS).equalTo(Status.WITHDRAWN.name())))
                .select(
                        col(ClassKey.COLUMNS[0]),
                        col(ClassKey.COLUMNS[1]),
                        col(ClassKey.COLUMNS[2]),
                        col(AutoLabelDays.QUARANTINED_FROM).as(FROM));
        LocalDate first = withdrawn.agg(min(FROM).as(FIRST)).first().getAs(0);
        Column isVoid = coalesce(col(AutoLabels.STATUS).equalTo(AutoLabels.VOID), lit(false));
        Column mayDiffer =
                first == null ? isVoid : isVoid.or(col(AutoLabels.RUN_DATE).geq(lit(first)));
        Dataset<Row> labels = tables.read(AutoLabels.TABLE)
                .filter(col(AutoLabels.PIPELINE).equalTo(pipeline))
                .join(broadcast(withdrawn), ClassKey.COLUMNS, "left");
        Column should = coalesce(col(AutoLabels.RUN_DATE).geq(col(FROM)), lit(false));
        List<Object> dates = labels
                .filter(mayDiffer.and(not(isVoid.equalTo(should))))
                .select(AutoLabels.RUN_DATE)
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.<Object>getAs(0))
                .toList();
        if (dates.isEmpty()) {
            return;
        }
        Dataset<Row> marked = labels.filter(col(AutoLabels.RUN_DATE).isin(dates.toArray()))
                .withColumn(AutoLabels.STATUS, when(should, AutoLabels.VOID).otherwise(AutoLabels.ISSUED))
                .select(AutoLabels.TABLE.columns().stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new));
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(AutoLabels.PIPELINE, pipeline);
        scope.put(AutoLabels.RUN_DATE, dates);
        tables.replace(AutoLabels.TABLE, marked, scope);
    }
}
