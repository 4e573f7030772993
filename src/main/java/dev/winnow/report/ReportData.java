package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.CellVersion;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.SelectionCuts;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * What the page of a run date shows, as JSON: tables in, a tree out.
 *
 * <p>Every block states how many rows of a use case it takes, and a page has at most {@link #USE_CASES} use cases, so that
 * neither the driver nor the page grows with the fleet. Rows keep the names of their columns; {@code jobs/TABLES.md} says
 * what they mean.
 */
final class ReportData {
    /** Use cases of a page, those with the most alarms. */
    static final int USE_CASES = 12;

    private ReportData() {}

    /** Reads the tables of the pipeline as they stand; the same tables make the same tree. */
    static ObjectNode of(TableStore tables, WinnowConfig config, LocalDate day, Thumbnails thumbnails) {
        List<String> useCases = useCases(new Reading(tables, config.pipeline(), day, List.of()));
        Reading reading = new Reading(tables, config.pipeline(), day, useCases);
        Confidence confidence = new Confidence(reading, CellVersion.of(config));

        ObjectNode data = Json.object();
        data.put("pipeline", config.pipeline());
        data.put("run_date", day.toString());
        data.put("trend_days", Reading.TREND_DAYS);
        data.put("window_days", config.segments().windowDays());
        data.put("confidence_level", config.segments().confidenceLevel());
        data.put("thumbnails", config.report().thumbnails());
        data.set("use_cases", Json.list(useCases));
        data.set("budgets", Budget.budgets(reading, config));
        data.set("headline", Headline.of(reading));
        data.set("segment_counts", Headline.segments(reading));
        data.set("segments", WeakSegments.of(reading));
        data.set("trend", WeakSegments.trend(reading));
        data.set("pairs", SegmentPairs.of(reading));
        data.set("changes", ChangeAlarms.of(reading));
        data.set("days", confidence.days());
        data.set("histograms", confidence.histograms(config));
        data.set("reliability", confidence.reliability());
        data.set("classes", Imbalance.classes(reading));
        data.set("requests", Imbalance.requests(reading));
        data.set("cuts", Budget.cuts(reading));
        data.set("jobs", Budget.jobs(reading));
        data.set("selected", Gallery.selected(reading, thumbnails));
        data.set("mistakes", Gallery.mistakes(reading, thumbnails));
        data.set("look_statuses", Looks.statuses(reading));
        data.set("failure_modes", Looks.failureModes(reading));
        data.set("conditions", Looks.conditions(reading));
        data.set("measures", Looks.measures(reading));
        data.set("labels", People.labels(reading));
        data.set("agreement", People.agreement(reading));
        data.set("annotators", People.annotators(reading));
        data.set("progress", Progress.of(reading));
        data.set("quality", LabelQuality.classes(reading));
        data.set("thresholds", LabelQuality.thresholds(reading));
        data.set("yields", RoundResults.yields(reading));
        data.set("outcomes", RoundResults.changes(reading));
        data.set("tables", RunFacts.tables(reading));
        data.set("attempts", RunFacts.attempts(reading));
        data.set("rejects", RunFacts.rejects(reading));
        return data;
    }

    /** Those with findings first, by alarms; then those with a selection alone. */
    private static List<String> useCases(Reading reading) {
        Dataset<Row> found = reading.whole(SegmentFindings.TABLE)
                .filter(size(col(SegmentFindings.DIMENSIONS)).equalTo(0))
                .orderBy(col(SegmentFindings.ALARMS).desc(), col(Inferences.USE_CASE));
        Dataset<Row> selected = reading.whole(SelectionCuts.TABLE)
                .select(Inferences.USE_CASE)
                .distinct()
                .orderBy(Inferences.USE_CASE);
        Set<String> names = new LinkedHashSet<>(first(found));
        names.addAll(first(selected));
        return names.stream().limit(USE_CASES).toList();
    }

    private static List<String> first(Dataset<Row> rows) {
        return rows.limit(USE_CASES)
                .select(Inferences.USE_CASE)
                .as(Encoders.STRING())
                .collectAsList();
    }
}
