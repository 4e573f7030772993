package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;

import dev.winnow.inputs.Inferences;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The model versions that raised alarms in one use case.
 *
 * @param seen each with its first event date, oldest first; of equal dates by name
 */
record ModelVersions(List<Version> seen) {
    /** No versions. */
    static final ModelVersions NONE = new ModelVersions(List.of());

    /**
     * A model version.
     *
     * @param name name
     * @param since first event date with alarms
     */
    record Version(String name, LocalDate since) {}

    /** Reads the versions of every use case: one small aggregation, a row per use case and version on the driver. */
    static Map<String, ModelVersions> byUseCase(Dataset<Row> cells) {
        return cells
                .filter(col(SegmentSums.ALARMS).gt(0))
                .groupBy(SegmentSums.USE_CASE, Inferences.MODEL_VERSION)
                .agg(min(ExposureDaily.EVENT_DATE).as(ExposureDaily.EVENT_DATE))
                .collectAsList()
                .stream()
                .collect(Collectors.groupingBy(
                        row -> row.<String>getAs(SegmentSums.USE_CASE),
                        TreeMap::new,
                        Collectors.collectingAndThen(
                                Collectors.mapping(
                                        row -> new Version(
                                                row.getAs(Inferences.MODEL_VERSION),
                                                row.getAs(ExposureDaily.EVENT_DATE)),
                                        Collectors.toList()),
                                versions -> new ModelVersions(versions.stream()
                                        .sorted(Comparator.comparing(Version::since)
                                                .thenComparing(Version::name))
                                        .toList()))));
    }

    /** The newest version; null if there is none. */
    @Nullable
    Version now() {
        return seen.isEmpty() ? null : seen.get(seen.size() - 1);
    }

    /** The version before the newest; null if there is none. */
    @Nullable
    Version before() {
        return seen.size() < 2 ? null : seen.get(seen.size() - 2);
    }
}
