package dev.winnow.export;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.config.ConfigException;
import dev.winnow.config.ExportSettings;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Labels;
import dev.winnow.labeling.RelabelItems;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.quality.AutoLabels;
import dev.winnow.selection.Selections;
import dev.winnow.stats.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.storage.StorageLevel;

/**
 * Publishes the labels as a training set: one file for each use case, task and split.
 *
 * <p>A version is a hash of the labels and settings it is made of. Its files are put whole below {@code
 * <export path>/<pipeline>/<version>/}, and {@code export.json}, which lists them, is put last: only what it lists exists.
 * From then on the version is only read. The driver writes; it holds one partition of the sorted items at a time, and one
 * file on its temporary disk.
 */
public final class ExportJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "export";

    /** The last file of a version; lists all others. */
    public static final String LIST = "export.json";

    /** Counted into the version: another layout of the same labels is another version. */
    private static final String LAYOUT = "1";

    private static final int VERSION_DIGITS = 16;

    /** Large enough for the sum of as many hashes as a table can have rows. */
    private static final DecimalType SUM = DataTypes.createDecimalType(38, 0);

    private static final String ROWS = "rows";
    private static final String CLASS = "class";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WinnowConfig config;
    private final ExportSettings settings;
    private final TableStore tables;
    private final ObjectStore objects;
    private final String root;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param root of training sets, absolute
     * @param beforeCommit the lease's check, called before every put
     */
    public ExportJob(WinnowConfig config, TableStore tables, ObjectStore objects, String root, Runnable beforeCommit) {
        this.config = config;
        this.settings = config.export();
        this.tables = tables;
        this.objects = objects;
        this.root = root;
        this.beforeCommit = beforeCommit;
    }

    /** What one file holds. */
    private record Part(String useCase, String task, String split) {
        static Part of(Row row) {
            return new Part(row.getAs(Labels.USE_CASE), row.getAs(Labels.TASK), row.getAs(TrainingItems.SPLIT));
        }

        Part ofAllSplits() {
            return new Part(useCase, task, "");
        }

        /** The use case may be any text; so written it is one name below the version, and no {@code ..}. */
        String file(String ending) {
            return "use_case=" + URLEncoder.encode(useCase, StandardCharsets.UTF_8) + "/"
                    + task.toLowerCase(Locale.ROOT).replace('_', '-') + "/" + split + ending;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Dataset<Row> items = items().persist(StorageLevel.MEMORY_AND_DISK());
        Dataset<Row> chosen = TrainingItems.oncePerImage(
                        items.filter(col(TrainingItems.LEFT_OUT).isNull()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> leftOut = new TreeMap<>();
            long labels = 0;
            for (Row row : items.groupBy(TrainingItems.LEFT_OUT)
                    .agg(count(lit(1)).as(ROWS))
                    .collectAsList()) {
                labels += row.getLong(1);
                leftOut.put(row.isNullAt(0) ? TrainingItems.SAME_IMAGE : row.getString(0), row.getLong(1));
            }
            if (labels == 0) {
                throw new ConfigException("there are no labels of pipeline " + config.pipeline()
                        + ": run `consensus` first, once answers have come back");
            }
            long exported = chosen.count();
            leftOut.merge(TrainingItems.SAME_IMAGE, -exported, Long::sum);
            leftOut.values().removeIf(rows -> rows == 0);
            List<String> sentences = new ArrayList<>();
            if (exported > 0) {
                publish(chosen, sentences);
            }
            sentences.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d labels exported%s",
                    exported,
                    labels,
                    leftOut.isEmpty() ? "" : "; left out, by reason: " + leftOut));
            return new Report(labels, exported, 0, 0, "", sentences);
        } finally {
            chosen.unpersist();
            items.unpersist();
        }
    }

    private Dataset<Row> items() {
        Dataset<Row> selections = ofPipeline(tables.read(Selections.TABLE), Selections.PIPELINE);
        Dataset<Row> byPeople = TrainingItems.of(
                ofPipeline(tables.read(Labels.TABLE), Labels.PIPELINE),
                selections,
                ofPipeline(tables.read(RelabelItems.TABLE), RelabelItems.PIPELINE),
                settings);
        return settings.autoLabels()
                ? TrainingItems.withAutoLabels(
                        byPeople, ofPipeline(tables.read(AutoLabels.TABLE), AutoLabels.PIPELINE), selections, settings)
                : byPeople;
    }

    private Dataset<Row> ofPipeline(Dataset<Row> rows, String column) {
        return rows.filter(col(column).equalTo(config.pipeline())).drop(column);
    }

    private void publish(Dataset<Row> items, List<String> sentences) {
        Map<Part, Classes> classes = classes(items);
        String version = version(items, classes);
        String prefix = root + "/" + config.pipeline() + "/" + version + "/";
        sentences.add("Version " + version + ": " + prefix);
        if (objects.exists(prefix + LIST)) {
            sentences.add("Version " + version + " was published before and stays as it is");
            return;
        }
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("pipeline", config.pipeline());
        list.put("version", version);
        list.put("settings", settings());
        list.put("files", files(items, classes, version, prefix, sentences));
        list.put("rounds", rounds(items));
        beforeCommit.run();
        objects.putIfAbsent(prefix + LIST, json(list) + "\n");
    }

    // ---- version

    /**
     * Numbers the classes of each use case and task, over all its splits. Few: at most {@link Classes#MAX} for each, which
     * is seen once they are here.
     */
    private Map<Part, Classes> classes(Dataset<Row> items) {
        Map<Part, List<String>> seen = new LinkedHashMap<>();
        for (Row row : items.select(Labels.USE_CASE, Labels.TASK)
                .distinct()
                .sort(Labels.USE_CASE, Labels.TASK)
                .collectAsList()) {
            seen.put(new Part(row.getString(0), row.getString(1), ""), new ArrayList<>());
        }
        items.select(
                        col(Labels.USE_CASE),
                        col(Labels.TASK),
                        explode(Labels.classes()).as(CLASS))
                .distinct()
                .limit(seen.size() * Classes.MAX + 1)
                .collectAsList()
                .forEach(row -> Objects.requireNonNull(seen.get(new Part(row.getString(0), row.getString(1), "")))
                        .add(row.getString(2)));
        Map<Part, Classes> classes = new LinkedHashMap<>();
        seen.forEach((part, names) -> classes.put(
                part,
                new Classes(
                        part.useCase,
                        config.useCase(part.useCase).labels().stream()
                                .filter(label -> !settings.leaveOut().contains(label))
                                .toList(),
                        names)));
        return classes;
    }

    /** Two sums of hashes of the rows, whatever their order, with the settings and the classes. */
    private String version(Dataset<Row> items, Map<Part, Classes> classes) {
        Column[] content =
                Arrays.stream(items.columns()).sorted().map(c -> col(c)).toArray(Column[]::new);
        Row sums = items.agg(count(lit(1)), sumOfHashes("first", content), sumOfHashes("second", content))
                .first();
        Digest digest = new Digest()
                .add(LAYOUT)
                .add(config.pipeline())
                .add(json(settings()))
                .add(String.valueOf(sums.getLong(0)))
                .add(sums.getDecimal(1).toPlainString())
                .add(sums.getDecimal(2).toPlainString());
        classes.forEach((part, names) -> {
            digest.add(part.useCase).add(part.task);
            names.names().forEach(digest::add);
        });
        return digest.hex(VERSION_DIGITS);
    }

    private static Column sumOfHashes(String seed, Column... content) {
        Column[] seeded = new Column[content.length + 1];
        seeded[0] = lit(seed);
        System.arraycopy(content, 0, seeded, 1, content.length);
        return sum(xxhash64(seeded).cast(SUM)).cast(SUM);
    }

    private Map<String, Object> settings() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("format", settings.format().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        map.put("label-attribute", settings.labelAttribute());
        map.put("train", settings.train());
        map.put("validation", settings.validation());
        map.put("audit", settings.audit());
        map.put("leave-out", settings.leaveOut());
        map.put("salt", settings.salt());
        if (settings.autoLabels()) {
            map.put("auto-labels", true); // versions that were published before there were any stay as they are
        }
        List<String> texts = config.useCases().keySet().stream()
                .filter(useCase -> config.labeling().subject(useCase) == Subject.TEXT)
                .sorted()
                .toList();
        if (!texts.isEmpty()) { // whose lines hold them
            map.put("texts", texts);
        }
        return map;
    }

    // ---- files

    private List<Map<String, Object>> files(
            Dataset<Row> items, Map<Part, Classes> classes, String version, String prefix, List<String> sentences) {
        List<Map<String, Object>> files = new ArrayList<>();
        Iterator<Row> rows = items.sort(Labels.USE_CASE, Labels.TASK, TrainingItems.SPLIT, Labels.ITEM_ID)
                .toLocalIterator();
        Row next = rows.next();
        while (next != null) {
            Part part = Part.of(next);
            Classes known = Objects.requireNonNull(classes.get(part.ofAllSplits()));
            String name = part.file(ending());
            try {
                Path folder = Files.createTempDirectory("winnow-export");
                Path local = folder.resolve("file");
                try {
                    long written = 0;
                    try (TrainingFile file = open(local, known, version)) {
                        for (; next != null && Part.of(next).equals(part); next = rows.hasNext() ? rows.next() : null) {
                            file.add(next);
                            written++;
                        }
                    }
                    beforeCommit.run();
                    objects.put(prefix + name, local);
                    files.add(listed(part, name, written, Digest.ofFile(local), known));
                    sentences.add(String.format(Locale.ROOT, "%,d items: %s", written, prefix + name));
                } finally {
                    delete(folder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Writing a training set to the local temporary folder failed", e);
            }
        }
        return files;
    }

    private static Map<String, Object> listed(Part part, String name, long items, String sha256, Classes classes) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", name);
        file.put("use-case", part.useCase);
        file.put("task", part.task);
        file.put("split", part.split);
        file.put("items", items);
        file.put("sha256", sha256);
        file.put("classes", classes.names());
        return file;
    }

    private String ending() {
        return switch (settings.format()) {
            case AUGMENTED_MANIFEST -> ".manifest.jsonl";
            case COCO -> ".coco.json";
            case PARQUET -> ".parquet";
        };
    }

    private TrainingFile open(Path file, Classes classes, String version) throws IOException {
        return switch (settings.format()) {
            case AUGMENTED_MANIFEST ->
                new ManifestFile(
                        file,
                        settings.labelAttribute(),
                        config.pipeline() + "-" + version,
                        classes,
                        useCase -> config.labeling().subject(useCase) == Subject.TEXT);
            case COCO -> new CocoFile(file, classes);
            case PARQUET -> new ParquetFile(file, classes);
        };
    }

    /** The Parquet writer leaves a checksum beside its file. */
    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Items by the round that selected them last: which labels a model that is trained on this version has seen. */
    private static Map<String, Long> rounds(Dataset<Row> items) {
        Map<String, Long> rounds = new TreeMap<>();
        items.filter(not(col(Selections.SIGNAL).isin(TrainingItems.AUTO_LABEL, TrainingItems.RELABEL)))
                .groupBy(Selections.ROUND_ID)
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> rounds.put(row.getString(0), row.getLong(1)));
        return rounds;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of texts and numbers can be written as JSON", e);
        }
    }
}
