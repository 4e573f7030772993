package dev.winnow.analysis;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import dev.winnow.inputs.Inferences;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.TableDef;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/** The segments of a run date that are suspected or elevated, worst first; travels to executors. */
final class ElevatedSegments implements UDF2<String, Row, String> {
    private static final long serialVersionUID = 1L;

    /** Segments further down are left out: every misclassified image is held against each of these. */
    private static final int MOST = 1_000;

    /** A segment and what it asks for. */
    private record Segment(String name, Map<String, String> values) implements Serializable {}

    private final Map<String, List<Segment>> byUseCase;

    private ElevatedSegments(Map<String, List<Segment>> byUseCase) {
        this.byUseCase = byUseCase;
    }

    /** Reads the segments of a run date, at most 1,000. */
    static ElevatedSegments of(Dataset<Row> findings, String pipeline, LocalDate day) {
        Map<String, List<Segment>> segments = new HashMap<>();
        for (Row finding : findings.filter(col(SegmentFindings.PIPELINE)
                        .equalTo(pipeline)
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.STATUS).isNotNull()))
                .sort(
                        col(SegmentFindings.RANK).asc_nulls_last(),
                        col(SegmentFindings.USE_CASE),
                        col(SegmentFindings.SEGMENT))
                .limit(MOST)
                .collectAsList()) {
            List<String> dimensions = finding.getList(finding.fieldIndex(SegmentFindings.DIMENSIONS));
            List<String> asked = finding.getList(finding.fieldIndex(SegmentFindings.VALUES));
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < dimensions.size(); i++) {
                values.put(dimensions.get(i), asked.get(i));
            }
            segments.computeIfAbsent(finding.getAs(SegmentFindings.USE_CASE), useCase -> new ArrayList<>())
                    .add(new Segment(finding.getAs(SegmentFindings.SEGMENT), values));
        }
        return new ElevatedSegments(segments);
    }

    /**
     * The worst segment that a row lies in; null if it lies in none.
     *
     * @param label class of the row, as cells name it
     * @param dimensions configured dimensions of the row
     */
    Column worst(Column label, List<String> dimensions) {
        List<Column> values = new ArrayList<>();
        // Every segment may also be one of these, by the names that segments give them.
        values.add(label.as("label"));
        values.add(col(Inferences.MODEL_VERSION).as("model_version"));
        values.add(col(Inferences.SITE_ID).as("site"));
        dimensions.forEach(
                name -> values.add(col(TableDef.dimensionColumn(name)).as(name)));
        return udf(this, DataTypes.StringType).apply(col(Inferences.USE_CASE), struct(values.toArray(Column[]::new)));
    }

    @Override
    public @Nullable String call(String useCase, Row values) {
        List<String> known = List.of(values.schema().fieldNames());
        for (Segment segment : byUseCase.getOrDefault(useCase, List.of())) {
            boolean holds = segment.values.entrySet().stream()
                    .allMatch(asked ->
                            known.contains(asked.getKey()) && asked.getValue().equals(values.getAs(asked.getKey())));
            if (holds) {
                return segment.name;
            }
        }
        return null;
    }
}
