package dev.winnow.labeling;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.config.TaskType;
import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;

/** The labeling jobs that rounds ask for. */
public final class LabelingJobs {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String ROUND_ID = "round_id";
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String JOB_NAME = "job_name";
    public static final String TARGET = "target";
    public static final String TASK_TYPE = "task_type";
    public static final String MANIFEST_URI = "manifest_uri";
    public static final String ITEMS = "items";
    public static final String SHA256 = "sha256";
    public static final String STATUS = "status";
    public static final String PREFIX = "prefix";
    public static final String FILES = "files";
    public static final String GUIDELINES_URI = "guidelines_uri";
    public static final String GUIDELINES_VERSION = "guidelines_version";
    public static final String STATUS_ON = "status_on";
    public static final String ORDINAL = "ordinal";
    public static final String SERVICE_ID = "service_id";
    public static final String LAUNCHED_AT = "launched_at";
    public static final String WORKERS_PER_ITEM = "workers_per_item";
    public static final String LABELED = "labeled";
    public static final String FAILURE_REASON = "failure_reason";
    public static final String OUTPUT_URI = "output_uri";
    public static final String RETURNED_ON = "returned_on";
    public static final String WORKER_GROUP = "worker_group";
    public static final String PILOT_KEY = "pilot_key";
    public static final String PILOT_PART = "pilot_part";

    /** A manifest is there; nobody works on it yet. */
    public static final String PLANNED = "PLANNED";

    /** A first, small job, that decides whether the whole one is released. */
    public static final String PILOT = "PILOT";

    /** A pilot let it through; nobody works on it yet. */
    public static final String RELEASED = "RELEASED";

    /** The service has it; people work on it, or will. */
    public static final String RUNNING = "RUNNING";

    /** All that will be answered is. */
    public static final String DONE = "DONE";

    /** It broke in the service. */
    public static final String FAILED = "FAILED";

    /** It was stopped, or open for too long. */
    public static final String EXPIRED = "EXPIRED";

    /** Part of a job that is a pilot. */
    public static final String FIRST = "PILOT";

    /** Part of a job that waits for its pilot. */
    public static final String REST = "REST";

    /** What nobody launched yet. */
    public static final List<String> UNLAUNCHED = List.of(PLANNED, RELEASED);

    /** What never changes any more. */
    public static final List<String> TERMINAL = List.of(DONE, FAILED, EXPIRED);

    /** What the names of files of tasks have between the job and their number. */
    public static final String TASKS = ".tasks-";

    /** Label category that is always offered where none are configured: the image shows none of the classes. */
    public static final String NONE_OF_THESE = "none of these";

    /** Label category that is always offered where none are configured: it is no class, and says nothing. */
    public static final String CANT_TELL = "can't tell";

    /** Key of a line of a bulk QA job: the images of its batch. */
    public static final String BATCH = "batch";

    /** Key of such a line: the class that they are shown with. */
    public static final String BATCH_CLASS = "shown-class";

    /** Of an image of a batch, what its answer is called. */
    public static final String BATCH_KEY = "key";

    /** Of an image of a batch, where it lies. */
    public static final String BATCH_IMAGE = "image";

    /** Of an image of a batch, the item that carries the label. */
    public static final String BATCH_ITEM = "item";

    /** Answer to the question whether what is shown is right. */
    public static final String RIGHT = "right";

    /** The other answer to it. */
    public static final String WRONG = "wrong";

    /** Target of seals that name none: there was no other. */
    private static final String OLDEST_TARGET = "ground-truth";

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named("labeling_jobs", "One labeling job: a manifest of one round")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the round")
            .required(ROUND_ID, StringType, "Round")
            .required(USE_CASE, StringType, "Use case")
            .required(JOB_NAME, StringType, "Name of the job, derived, so that it exists once")
            .required(TARGET, StringType, "Who runs the job: ground-truth or label-studio")
            .required(TASK_TYPE, StringType, "What is asked, such as image-classification")
            .required(MANIFEST_URI, StringType, "Input manifest; of several task files the first")
            .required(ITEMS, LongType, "Items of the job")
            .required(SHA256, StringType, "Hash of the manifest's bytes")
            .required(
                    STATUS,
                    StringType,
                    "PLANNED (published; a rest waits for its pilot), PILOT (a launched pilot), RELEASED (the pilot let it"
                            + " through), RUNNING (launched), DONE, FAILED (in the service) or EXPIRED (stopped, open or"
                            + " waiting for too long)")
            .optional(STATUS_ON, DateType, "Run date on which the status was found; null while PLANNED")
            .optional(ORDINAL, IntegerType, "Attempt at the manifest; rises after FAILED; null stands for 1")
            .optional(SERVICE_ID, StringType, "How answers name the job; null before the service has it")
            .optional(LAUNCHED_AT, TimestampType, "When the service made it; null before")
            .optional(WORKERS_PER_ITEM, IntegerType, "Answers asked for each item; null before the service has it")
            .optional(LABELED, LongType, "Items that the service counted as answered when last asked; null before")
            .optional(FAILURE_REASON, StringType, "Why the service failed on it; null if it did not")
            .optional(OUTPUT_URI, StringType, "Where the service leaves its answers; null while it does not say")
            .optional(
                    RETURNED_ON,
                    DateType,
                    "Run date of the sync by which its items without an answer returned to the pool; null before")
            .optional(PREFIX, StringType, "Where the files of the job lie; null for jobs of an older version")
            .optional(
                    FILES,
                    createArrayType(StringType, false),
                    "Names of the files of the job below the prefix; null for jobs of an older version")
            .optional(GUIDELINES_URI, StringType, "Document that says how to answer; null where none is named")
            .optional(GUIDELINES_VERSION, StringType, "Version of the document; null where none is named")
            .optional(
                    WORKER_GROUP,
                    StringType,
                    "Who works on it: the work team (Ground Truth) or the project (Label Studio); null before the launch")
            .optional(PILOT_KEY, StringType, "Pilot that it is part of, as in pilots; null where none is asked for")
            .optional(PILOT_PART, StringType, "PILOT, or REST (waits for it); null without a pilot")
            .check("known_part", PILOT_PART + " IS NULL OR " + PILOT_PART + " IN ('PILOT', 'REST')")
            .check("not_empty", ITEMS + " > 0")
            .check(
                    "known_status",
                    STATUS + " IN ('PLANNED', 'PILOT', 'RELEASED', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED')")
            .partitionedBy(PIPELINE)
            .key(PIPELINE, RUN_DATE, ROUND_ID, JOB_NAME)
            .build();

    private LabelingJobs() {}

    /**
     * One row of a job that nobody works on yet; values in declared order.
     *
     * @param prefix of the round's files
     * @param job one of the {@code files} of the round's seal; seals of older versions name less
     */
    static Row planned(String pipeline, Round round, String prefix, JsonNode job) {
        List<String> files = new ArrayList<>();
        job.path("hashes").fieldNames().forEachRemaining(files::add);
        return RowFactory.create(
                pipeline,
                round.date(),
                round.id(),
                job.path("use-case").asText(),
                job.path("job-name").asText(),
                target(job),
                job.path("task-type").asText(TaskType.IMAGE_CLASSIFICATION.id()),
                prefix + job.path("manifest").asText(),
                job.path("lines").asLong(),
                job.path("sha256").asText(),
                PLANNED,
                null,
                1,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                files.isEmpty() ? null : prefix,
                files.isEmpty() ? null : files.toArray(String[]::new),
                job.path("guidelines").path("uri").asText(null),
                job.path("guidelines").path("version").asText(null),
                null,
                job.path("pilot").path("key").asText(null),
                job.path("pilot").path("part").asText(null));
    }

    /** Returns who runs a job that a seal lists. */
    static String target(JsonNode job) {
        return job.path("target").asText(OLDEST_TARGET);
    }

    /** Returns a row of the table with other values in some columns; values in declared order, with their names. */
    public static Row with(Row job, Map<String, ?> changes) {
        Object[] values = TABLE.columns().stream()
                .map(column -> changes.containsKey(column) ? changes.get(column) : job.getAs(column))
                .toArray();
        return new GenericRowWithSchema(values, TABLE.schema());
    }

    /** Returns the names of the last attempts at their manifests; those before failed, and their items are asked again. */
    public static Set<String> lastAttempts(Collection<Row> jobs) {
        Map<String, Row> last = new TreeMap<>();
        jobs.forEach(job ->
                last.merge(job.getAs(MANIFEST_URI), job, (one, other) -> ordinal(one) >= ordinal(other) ? one : other));
        return last.values().stream()
                .map(job -> job.<String>getAs(JOB_NAME))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the URIs of the files that hold the items of a job: its manifest, or all its files of tasks. */
    public static List<String> filesOfItems(Row job) {
        String manifest = job.getAs(MANIFEST_URI);
        int place = job.fieldIndex(FILES);
        if (job.isNullAt(place) || !manifest.contains(TASKS)) {
            return List.of(manifest);
        }
        String prefix = job.getAs(PREFIX);
        return job.<String>getList(place).stream()
                .filter(name -> name.contains(TASKS))
                .map(name -> prefix + name)
                .toList();
    }

    /** Returns whether a job waits for its pilot. */
    public static boolean waits(Row job) {
        return REST.equals(job.getAs(PILOT_PART)) && job.getAs(STATUS).equals(PLANNED);
    }

    /** Returns what a job is called once its service has it. */
    public static String launched(Row job) {
        return FIRST.equals(job.getAs(PILOT_PART)) ? PILOT : RUNNING;
    }

    /** Returns which attempt at its manifest a job is, from 1. */
    public static int ordinal(Row job) {
        Integer ordinal = job.getAs(ORDINAL);
        return ordinal == null ? 1 : ordinal;
    }
}
