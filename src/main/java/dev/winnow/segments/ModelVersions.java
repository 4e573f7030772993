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

    /**
     * Reads the versions of every use case: one small aggregation, a row per use case and version on the driver.
     *
     * @param cells from {@link Windows#coded}, of the event dates that matter
     */
    static Map<String, ModelVersions> byUseCase(CodedCells cells) {
        Lattice lattice = cells.lattice();
        int version = place(lattice);
        return cells
                .rows()
                .filter(col(SegmentSums.ALARMS).gt(0))
                .groupBy(cells.useCase(), cells.code(version))
                .agg(min(Windows.EVENT_DAY))
                .collectAsList()
                .stream()
                .collect(Collectors.groupingBy(
                        row -> lattice.useCases().get((int) row.getLong(0)),
                        TreeMap::new,
                        Collectors.collectingAndThen(
                                Collectors.mapping(
                                        row -> new Version(
                                                lattice.values(version).get((int) row.getLong(1)),
                                                LocalDate.ofEpochDay(row.getLong(2))),
                                        Collectors.toList()),
                                versions -> new ModelVersions(versions.stream()
                                        .sorted(Comparator.comparing(Version::since)
                                                .thenComparing(Version::name))
                                        .toList()))));
    }

    /** Place of the dimension that holds versions; every cell has it. */
    static int place(Lattice lattice) {
        return lattice.dimensions().stream()
                .map(Lattice.Dimension::column)
                .toList()
                .indexOf(Inferences.MODEL_VERSION);
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
