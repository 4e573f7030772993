package dev.winnow.consensus;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.config.ConsensusSettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;

/**
 * Asks about items again whose labels are open: a manifest of those that need one more answer, to be given to one annotator
 * an item, and a queue of those that need an expert.
 *
 * <p>Files of run date D lie below {@code <labeling path>/<pipeline>/follow-ups/<D>/}; {@code follow-up.json} is put last,
 * only what it lists exists, and from then on the date is only read. A line says nothing of answers or predictions so far. An
 * item that was asked about is not asked about again before a further answer came or some days passed. The driver holds the
 * lines: at most {@code follow-ups} for each use case, task and kind of need.
 */
public final class FollowUpJob implements Stage {
    private static final String NAME = "follow-up";

    /** The last file of a run date; lists all others. */
    static final String LIST = "follow-up.json";

    /** Signal of every line: neither a draw nor a score chose it. */
    static final String SIGNAL = "OPEN_LABEL";

    private static final String ASKED = "asked";
    private static final String PLACE = "place";
    private static final String[] ITEM = {FollowUps.USE_CASE, FollowUps.ITEM_ID, FollowUps.TASK, FollowUps.NEEDS};

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final String root;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param labelingPath root of rounds and follow-ups, absolute
     * @param beforeCommit the lease's check, called before every put
     */
    public FollowUpJob(
            WinnowConfig config, TableStore tables, ObjectStore objects, String labelingPath, Runnable beforeCommit) {
        this.config = config;
        this.tables = tables;
        this.objects = objects;
        this.root = labelingPath.replaceAll("/+$", "") + "/" + config.pipeline() + "/follow-ups/";
        this.beforeCommit = beforeCommit;
    }

    /** What one manifest asks. */
    private record Part(String useCase, String task, String needs) {
        static Part of(Row row) {
            return new Part(row.getAs(FollowUps.USE_CASE), row.getAs(FollowUps.TASK), row.getAs(FollowUps.NEEDS));
        }

        String file() {
            return "use_case=" + URLEncoder.encode(useCase, StandardCharsets.UTF_8) + "/" + kebab(task) + "/"
                    + kebab(needs) + ".manifest.jsonl";
        }

        private static String kebab(String name) {
            return name.toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        String prefix = root + day + "/";
        if (objects.exists(prefix + LIST)) {
            return report(0, List.of("Requests of " + day + " were published before and stay as they are"));
        }
        List<Row> rows = rows(day);
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(FollowUps.PIPELINE, config.pipeline());
        scope.put(FollowUps.RUN_DATE, day);
        tables.replace(
                FollowUps.TABLE,
                tables.frame(
                        FollowUps.TABLE,
                        rows.stream().map(row -> stored(day, row)).toList()),
                scope);
        return rows.isEmpty() ? report(0, List.of()) : report(rows.size(), publish(day, prefix, rows));
    }

    private static Report report(long rows, List<String> sentences) {
        return new Report(rows, rows, 0, 0, "", sentences);
    }

    /** What is asked, most uncertain first, in the order of files. */
    private List<Row> rows(LocalDate day) {
        Dataset<Row> images = ofPipeline(tables.read(Selections.TABLE), Selections.PIPELINE)
                .select(Selections.ITEM_ID, FollowUps.IMAGE_URI)
                .unionByName(ofPipeline(tables.read(RelabelItems.TABLE), RelabelItems.PIPELINE)
                        .select(RelabelItems.ITEM_ID, RelabelItems.IMAGE_URI))
                .groupBy(Selections.ITEM_ID)
                .agg(max(col(FollowUps.IMAGE_URI)).as(FollowUps.IMAGE_URI));
        Dataset<Row> before = ofPipeline(tables.read(FollowUps.TABLE), FollowUps.PIPELINE)
                .filter(col(FollowUps.RUN_DATE).isin(published(day).toArray()))
                .groupBy(ITEM[0], ITEM[1], ITEM[2], ITEM[3])
                .agg(max(struct(FollowUps.RUN_DATE, FollowUps.ANSWERS)).as(ASKED));
        Column waits = datediff(lit(day), col(ASKED).getField(FollowUps.RUN_DATE))
                .lt(number(ConsensusSettings::followUpDays))
                .and(col(ASKED).getField(FollowUps.ANSWERS).geq(col(Labels.ANSWERS)));
        Column place = row_number()
                .over(Window.partitionBy(FollowUps.USE_CASE, FollowUps.TASK, FollowUps.NEEDS)
                        .orderBy(col(Labels.ENTROPY).desc_nulls_last(), col(FollowUps.ITEM_ID)));
        return ofPipeline(tables.read(Labels.TABLE), Labels.PIPELINE)
                .filter(col(Labels.NEEDS).isNotNull())
                .join(images, new String[] {FollowUps.ITEM_ID})
                .join(before, ITEM, "left")
                .filter(not(coalesce(waits, lit(false))))
                .withColumn(PLACE, place)
                .filter(col(PLACE).leq(number(ConsensusSettings::followUps)))
                .sort(FollowUps.USE_CASE, FollowUps.TASK, FollowUps.NEEDS, PLACE)
                .select(
                        FollowUps.USE_CASE,
                        FollowUps.TASK,
                        FollowUps.NEEDS,
                        FollowUps.ITEM_ID,
                        FollowUps.IMAGE_URI,
                        FollowUps.ANSWERS)
                .collectAsList();
    }

    /** Other dates whose requests are out; a run that was killed before its list has asked nobody. */
    private List<LocalDate> published(LocalDate day) {
        return ofPipeline(tables.read(FollowUps.TABLE), FollowUps.PIPELINE)
                .filter(col(FollowUps.RUN_DATE).notEqual(lit(day)))
                .select(FollowUps.RUN_DATE)
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.getLocalDate(0))
                .filter(date -> objects.exists(root + date + "/" + LIST))
                .toList();
    }

    private Dataset<Row> ofPipeline(Dataset<Row> rows, String column) {
        return rows.filter(col(column).equalTo(config.pipeline())).drop(column);
    }

    private Column number(ToIntFunction<ConsensusSettings> setting) {
        return ConsensusJob.byUseCase(config, settings -> lit(setting.applyAsInt(settings)));
    }

    private Row stored(LocalDate day, Row row) {
        return RowFactory.create(
                config.pipeline(),
                day,
                row.getAs(FollowUps.USE_CASE),
                row.getAs(FollowUps.TASK),
                row.getAs(FollowUps.NEEDS),
                row.getAs(FollowUps.ITEM_ID),
                row.getAs(FollowUps.IMAGE_URI),
                row.getAs(FollowUps.ANSWERS));
    }

    private List<String> publish(LocalDate day, String prefix, List<Row> rows) {
        Map<Part, StringBuilder> manifests = new LinkedHashMap<>();
        Map<Part, Integer> counts = new LinkedHashMap<>();
        for (Row row : rows) {
            manifests
                    .computeIfAbsent(Part.of(row), part -> new StringBuilder())
                    .append(json(line(day, row)))
                    .append('\n');
            counts.merge(Part.of(row), 1, Integer::sum);
        }
        List<Map<String, Object>> files = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        manifests.forEach((part, lines) -> {
            beforeCommit.run();
            objects.put(prefix + part.file(), lines.toString());
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("name", part.file());
            file.put("use-case", part.useCase);
            file.put("task", part.task);
            file.put("needs", part.needs);
            file.put("workers-per-item", 1);
            file.put("lines", counts.get(part));
            file.put("sha256", Digest.ofText(lines.toString()));
            files.add(file);
            sentences.add(String.format(
                    Locale.ROOT, "%,d items need %s: %s", counts.get(part), part.needs, prefix + part.file()));
        });
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("pipeline", config.pipeline());
        list.put("run-date", day.toString());
        list.put("files", files);
        beforeCommit.run();
        objects.putIfAbsent(prefix + LIST, json(list) + "\n");
        return sentences;
    }

    private Map<String, Object> line(LocalDate day, Row row) {
        Map<String, Object> line = new LinkedHashMap<>();
        boolean isText = config.labeling().subject(row.getAs(FollowUps.USE_CASE)) == Subject.TEXT;
        line.put(isText ? "source" : "source-ref", row.getAs(FollowUps.IMAGE_URI));
        line.put("item-id", row.getAs(FollowUps.ITEM_ID));
        line.put("use-case", row.getAs(FollowUps.USE_CASE));
        line.put("signal", SIGNAL);
        line.put("asked-on", day.toString());
        return line;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of texts and numbers can be written as JSON", e);
        }
    }
}
