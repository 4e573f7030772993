package dev.winnow.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;

import dev.winnow.answers.Answers;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.ImageUris;
import dev.winnow.inputs.Inferences;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.EarlierRounds;
import dev.winnow.ports.RelabelJobs;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.RunIds;
import dev.winnow.runtime.TeamRoom;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Has people say which class items show whose class reviewers disconfirmed, or did not agree on.
 *
 * <p>An item is asked about once, whatever becomes of it; one whose image a round selected is asked there. Nobody sees which
 * class was disconfirmed. Answers come back as all answers do: `ingest` knows the items by {@link RelabelItems}, `consensus`
 * makes labels of them. The driver holds what is asked, at most {@value #MAX_ITEMS} items.
 */
public final class RelabelJob implements Stage {
    private static final String NAME = "relabel";
    private static final int MAX_ITEMS = 200_000;
    private static final String NEWEST = "newest";
    private static final String[] ITEM = {RelabelItems.USE_CASE, RelabelItems.ITEM_ID};

    private final WinnowConfig config;
    private final TableStore tables;
    private final EarlierRounds earlier;
    private final RelabelJobs jobs;

    /**
     * Creates the job over its tables and whoever makes jobs of items.
     *
     * @param earlier what people still have to answer
     */
    public RelabelJob(WinnowConfig config, TableStore tables, EarlierRounds earlier, RelabelJobs jobs) {
        this.config = config;
        this.tables = tables;
        this.earlier = earlier;
        this.jobs = jobs;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        if (jobs.published(day)) {
            return new Report(0, 0, 0, 0, "", jobs.publish(day, List.of()));
        }
        // What rounds wrote down that were killed goes, to be asked now.
        List<String> unsealed = jobs.unsealed(day, rounds(stored(RelabelItems.TABLE)));
        SortedMap<String, List<Row>> found = new TreeMap<>();
        BoundedRows.collect(
                        disconfirmed(day, unsealed),
                        MAX_ITEMS,
                        "bulk QA has",
                        "disconfirmed items that nobody was asked about",
                        "run `qa-batches --relabel` more often, or leave images to labeling rounds")
                .forEach(row -> found.computeIfAbsent(row.getAs(RelabelItems.USE_CASE), of -> new ArrayList<>())
                        .add(row));
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), "");
        List<String> sentences = new ArrayList<>();
        List<Row> asked = new ArrayList<>();
        List<RelabelJobs.Work> work = work(day, found, runId, asked, sentences);
        // Before the jobs: an answer about an item that nobody wrote down would say nothing.
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(RelabelItems.PIPELINE, config.pipeline());
        scope.put(RelabelItems.ROUND_ID, unsealed);
        tables.replace(RelabelItems.TABLE, tables.frame(RelabelItems.TABLE, asked), scope);
        sentences.addAll(jobs.publish(day, work));
        return new Report(asked.size(), asked.size(), 0, 0, "", sentences);
    }

    private Dataset<Row> stored(TableDef table) {
        return tables.read(table).filter(col(RelabelItems.PIPELINE).equalTo(config.pipeline()));
    }

    /** Items whose class is wrong or disputed and that nobody was asked about, in the order of a hash that is their name. */
    private Dataset<Row> disconfirmed(LocalDate day, List<String> unsealed) {
        Dataset<Row> shown = stored(QaItems.TABLE);
        Dataset<Row> images = shown.filter(col(QaItems.IMAGE_URI)
                        .isNotNull()
                        .and(col(QaItems.CAMERA_ID).isNotNull())
                        .and(col(QaItems.CAPTURED_AT).isNotNull())
                        .and(col(QaItems.SITE_ID).isNotNull()))
                .groupBy(ITEM[0], ITEM[1])
                .agg(max(struct(
                                RelabelItems.IMAGE_URI,
                                RelabelItems.CAPTURED_AT,
                                RelabelItems.SITE_ID,
                                RelabelItems.CAMERA_ID))
                        .as(NEWEST))
                .select(col(ITEM[0]), col(ITEM[1]), col(NEWEST + ".*"));
        Dataset<Row> before = stored(RelabelItems.TABLE)
                .filter(not(col(RelabelItems.ROUND_ID).isin(unsealed.toArray())))
                .select(ITEM[0], ITEM[1]);
        Dataset<Row> selected = asked(day)
                .select(
                        col(RelabelItems.USE_CASE),
                        ImageUris.canonical(col(Inferences.IMAGE_URI)).as(RelabelItems.IMAGE_URI))
                .distinct();
        Dataset<Row> reviews = JudgedItems.reviews(shown, stored(Answers.TABLE), stored(LabelingJobs.TABLE));
        return JudgedItems.ofReviews(reviews)
                .filter(col(JudgedItems.DISCONFIRMED))
                .groupBy(ITEM[0], ITEM[1])
                .agg(max(struct(
                                col(LabelQa.MODEL_VERSION),
                                col(LabelQa.LABEL).as(RelabelItems.PREDICTED_LABEL),
                                col(RelabelItems.CONFIDENCE)))
                        .as(NEWEST))
                .select(col(ITEM[0]), col(ITEM[1]), col(NEWEST + ".*"))
                .join(images, ITEM)
                .join(before, ITEM, "left_anti")
                .join(selected, new String[] {RelabelItems.USE_CASE, RelabelItems.IMAGE_URI}, "left_anti")
                .sort(ITEM[0], ITEM[1]);
    }

    /** Selections of rounds that are out, less what nobody will answer. */
    private Dataset<Row> asked(LocalDate day) {
        Set<String> out = new TreeSet<>(rounds(stored(LabelingJobs.TABLE)));
        rounds(stored(Selections.TABLE)).stream()
                .filter(round -> !out.contains(round) && jobs.isOut(round)) // sealed, and killed before it was recorded
                .forEach(out::add);
        Dataset<Row> returned =
                earlier.returned(day).select(Selections.ROUND_ID, RelabelItems.USE_CASE, RelabelItems.IMAGE_URI);
        return stored(Selections.TABLE)
                .filter(col(Selections.ROUND_ID).isin(out.toArray()))
                .join(
                        returned,
                        new String[] {Selections.ROUND_ID, RelabelItems.USE_CASE, RelabelItems.IMAGE_URI},
                        "left_anti");
    }

    private static List<String> rounds(Dataset<Row> rows) {
        return rows.select(Selections.ROUND_ID).distinct().as(Encoders.STRING()).collectAsList();
    }

    private List<RelabelJobs.Work> work(
            LocalDate day, SortedMap<String, List<Row>> found, String runId, List<Row> asked, List<String> sentences) {
        OpenWork open = new OpenWork(new TeamRoom(config.labeling().team(), earlier.open(day)));
        List<RelabelJobs.Work> work = new ArrayList<>();
        found.forEach((useCase, rows) -> {
            int fit =
                    (int) open.take(rows.size(), config.labeling().task(useCase).workers());
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: of %,d items that reviewers disconfirmed or disputed, %,d are asked for their class%s",
                    useCase,
                    rows.size(),
                    fit,
                    fit < rows.size() ? "; the others wait: " + open.reason() : ""));
            if (fit == 0) {
                return;
            }
            List<RelabelJobs.Asked> items = new ArrayList<>();
            rows.subList(0, fit).forEach(row -> {
                asked.add(row(day, runId, row));
                items.add(new RelabelJobs.Asked(
                        row.getAs(RelabelItems.ITEM_ID),
                        row.getAs(RelabelItems.IMAGE_URI),
                        row.getAs(RelabelItems.SITE_ID)));
            });
            work.add(new RelabelJobs.Work(useCase, classes(useCase), items, runId));
        });
        return work;
    }

    /** All classes that bulk QA ever showed. */
    private List<String> classes(String useCase) {
        return stored(QaItems.TABLE)
                .filter(col(QaItems.USE_CASE).equalTo(lit(useCase)))
                .select(QaItems.LABEL)
                .distinct()
                .sort(QaItems.LABEL)
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private Row row(LocalDate day, String runId, Row found) {
        return RowFactory.create(
                config.pipeline(),
                day,
                jobs.round(day),
                runId,
                found.getAs(RelabelItems.USE_CASE),
                found.getAs(RelabelItems.ITEM_ID),
                found.getAs(RelabelItems.IMAGE_URI),
                found.getAs(RelabelItems.CAPTURED_AT),
                found.getAs(RelabelItems.SITE_ID),
                found.getAs(RelabelItems.CAMERA_ID),
                found.getAs(RelabelItems.MODEL_VERSION),
                found.getAs(RelabelItems.PREDICTED_LABEL),
                found.getAs(RelabelItems.CONFIDENCE));
    }
}
