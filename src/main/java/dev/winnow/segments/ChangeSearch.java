package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.config.SegmentSettings;
import dev.winnow.segments.SegmentChanges.Comparison;
import dev.winnow.segments.SegmentChanges.Status;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Compares segments with their past, from the cells of a window alone; keeps nothing from one run to the next. */
final class ChangeSearch {
    private final SegmentSettings settings;
    private final String pipeline;

    ChangeSearch(SegmentSettings settings, String pipeline) {
        this.settings = settings;
        this.pipeline = pipeline;
    }

    /** What to write, shaped like {@link SegmentChanges}, and what to say of it. */
    record Told(List<Row> rows, List<String> sentences) {}

    /**
     * Finds the changes of a run date. Reads the cells once for their model versions, and once per use case.
     *
     * @param dates event dates of the window that are built
     * @param cells from {@link Windows#coded}
     * @param useCases segments of each use case, see {@link Watched#choose}
     */
    Told find(LocalDate day, List<LocalDate> dates, CodedCells cells, List<List<Watched>> useCases, String runId) {
        ChangeDays days = ChangeDays.of(day, dates, settings);
        List<Change> changes = days.comparable() ? compare(days, cells, useCases) : List.of();
        List<Row> rows = changes.stream().map(c -> c.row(pipeline, day, runId)).toList();
        return new Told(rows, days.comparable() ? sentences(changes, days) : List.of(notYet(days)));
    }

    private List<Change> compare(ChangeDays days, CodedCells cells, List<List<Watched>> useCases) {
        Map<String, ModelVersions> versions = ModelVersions.byUseCase(cells.with(cells.rows()
                .filter(col(Windows.EVENT_DAY)
                        .between(lit(days.from().toEpochDay()), lit(days.to().toEpochDay())))));
        List<Change> changes = new ArrayList<>();
        CusumCharts charts = new CusumCharts(settings);
        for (List<Watched> watched : useCases) {
            String useCase = watched.get(0).counts().useCase();
            ModelVersions seen = versions.getOrDefault(useCase, ModelVersions.NONE);
            ChangeTallies tallies = ChangeTallies.of(cells, useCase, watched, days, seen);
            Comparisons comparisons = new Comparisons(watched, tallies, days, settings);
            changes.addAll(comparisons.history());
            changes.addAll(comparisons.versions(seen, cells.lattice()));
            charts.add(watched, tallies, days, seen);
        }
        changes.addAll(charts.read());
        return changes;
    }

    private static String notYet(ChangeDays days) {
        return "Changes: no event date before " + days.nowFrom() + " is in the window to compare those up to "
                + days.to() + " with";
    }

    private static List<String> sentences(List<Change> changes, ChangeDays days) {
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "History: %,d of %,d segments got worse and %,d better from %s to %s than before, beyond chance",
                count(changes, Comparison.HISTORY, Status.WORSE),
                compared(changes),
                count(changes, Comparison.HISTORY, Status.BETTER),
                days.nowFrom(),
                days.to()));
        changes.stream()
                .filter(c -> c.comparison() == Comparison.MODEL_VERSION
                        && c.segment().counts().dimensions().isEmpty())
                .forEach(c ->
                        sentences.add("Model version of " + c.segment().counts().useCase() + ", " + c.sentence()));
        List<Change.Chart> charts = new ArrayList<>();
        changes.forEach(c -> {
            if (c.chart() != null) {
                charts.add(c.chart());
            }
        });
        if (!charts.isEmpty()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "CUSUM: %,d of %,d segments alarm from %s to %s; %.1f false alarms a month are expected",
                    count(changes, Comparison.CUSUM, Status.WORSE),
                    charts.size(),
                    days.nowFrom(),
                    days.to(),
                    charts.get(0).falseAlarms()));
        }
        return sentences;
    }

    private static long compared(List<Change> changes) {
        return changes.stream()
                .filter(c -> c.comparison() == Comparison.HISTORY && c.difference() != null)
                .count();
    }

    private static long count(List<Change> changes, Comparison comparison, Status status) {
        return changes.stream()
                .filter(c -> c.comparison() == comparison && c.status() == status)
                .count();
    }
}
