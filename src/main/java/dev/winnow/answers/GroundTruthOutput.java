package dev.winnow.answers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.answers.Answer.Origin;
import dev.winnow.answers.Answer.Target;
import dev.winnow.config.AnswerSettings.Export;
import dev.winnow.inputs.Pseudonyms;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.ports.ObjectStore;
import dev.winnow.stats.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Output of SageMaker Ground Truth jobs: output manifests, worker responses and consolidation requests, in the folders of
 * their jobs or alone.
 *
 * <p>A worker response is named by the number of its object alone. It is joined where a manifest line refers to it
 * ({@code worker-response-ref}), or where a consolidation request names the image of that number; a number is never taken
 * for the place of a line. An image that several lines of a job share tells no item.
 */
final class GroundTruthOutput extends ExportReader {
    private static final Pattern RESPONSE =
            Pattern.compile("(.*?)(annotations/worker-response/iteration-\\d+/([^/]+)/[^/]+\\.json)");
    private static final Pattern REQUEST =
            Pattern.compile("(.*?)annotations/consolidated-annotation/consolidation-request/.*\\.json");
    private static final Pattern MANIFEST = Pattern.compile("(.*?)(?:manifests/output/)?[^/]+\\.(?:manifest|jsonl)");

    /** Folders of a job that hold nothing we read. */
    private static final Pattern OTHER = Pattern.compile(
            "(?:.*/)?(?:annotations/(?!worker-response/|consolidated-annotation/consolidation-request/)|manifests/"
                    + "intermediate/|activelearning/|inference/|training/).*");

    private static final String METADATA = "-metadata";
    private static final String JOB_PREFIX = "labeling-job/";
    private static final String RESPONSES = "worker-response-ref";
    private static final String VERIFICATION = "label-verification";
    private static final String MASKS = "semantic-segmentation";

    GroundTruthOutput(
            ObjectStore objects,
            String path,
            String name,
            Export settings,
            Pseudonyms pseudonyms,
            Found found,
            Digest fingerprint) {
        super(objects, path, name, settings, pseudonyms, found, fingerprint);
    }

    /** What the files of one job tell each other. */
    private static final class Job {
        private final List<String> manifests = new ArrayList<>();
        private final List<String> requests = new ArrayList<>();
        private final List<String> responses = new ArrayList<>();
        private final List<String> others = new ArrayList<>();
        private boolean folder;

        /** Whether the folder bears the name that its lines give their job; a copy may bear any. */
        private boolean bearsItsName;

        /** Image to what lines of the job are about that show it; at most a job's 100,000 lines. */
        private final Map<String, Set<Target>> targetsOfImage = new TreeMap<>();

        /** Number of an object to its image. */
        private final Map<String, String> imageOfObject = new TreeMap<>();

        /** End of a response's URI to what a line says it answers. */
        private final Map<String, Target> targetOfResponse = new TreeMap<>();

        /** What lines give a mask of: their workers' answers, each an image of its own, are in that mask. */
        private final Set<Target> masked = new HashSet<>();

        /** Whether its people say if what they are shown is right. */
        private boolean verifies;

        /** Lines that ask about several items at once, with those by the key of their answer. */
        private final Map<Target, Map<String, Target>> batches = new HashMap<>();
    }

    @Override
    void read(List<String> uris) {
        Map<String, Job> jobs = new TreeMap<>();
        for (String uri : uris) {
            String file = below(uri);
            Matcher response = RESPONSE.matcher(file);
            Matcher request = REQUEST.matcher(file);
            Matcher manifest = MANIFEST.matcher(file);
            if (response.matches()) {
                inFolder(jobs, response.group(1)).responses.add(uri);
            } else if (request.matches()) {
                inFolder(jobs, request.group(1)).requests.add(uri);
            } else if (!OTHER.matcher(file).matches()) {
                if (manifest.matches() && file.contains("manifests/output/")) {
                    inFolder(jobs, manifest.group(1)).manifests.add(uri);
                } else if (manifest.matches()) {
                    jobs.computeIfAbsent(manifest.group(1), f -> new Job())
                            .manifests
                            .add(uri);
                } else if (file.endsWith(".json")) {
                    jobs.computeIfAbsent(file, f -> new Job()).others.add(uri);
                }
            }
        }
        jobs.forEach(this::read);
    }

    private static Job inFolder(Map<String, Job> jobs, String folder) {
        Job job = jobs.computeIfAbsent(folder, f -> new Job());
        job.folder = true;
        return job;
    }

    /** A job's folder has its name; files without one belong to a job of the export's name. */
    private void read(String folder, Job job) {
        String named = job.folder ? lastPart(folder) : name;
        String own = (JOB_PREFIX + named + '"').toLowerCase(Locale.ROOT);
        each(job.manifests, (uri, text) -> {
            job.bearsItsName |= job.folder && text.toLowerCase(Locale.ROOT).contains(own);
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    JsonNode line = parse(lines.get(i), origin(uri), "line " + (i + 1));
                    if (!line.isMissingNode()) {
                        line(line, named, job, origin(uri), "line " + (i + 1));
                    }
                }
            }
        });
        each(job.requests, (uri, text) -> request(parse(text, origin(uri), "object"), named, job, origin(uri)));
        each(job.responses, (uri, text) -> response(parse(text, origin(uri), "object"), named, job, uri));
        each(job.others, (uri, text) -> {
            JsonNode json = parse(text, origin(uri), "object");
            if (json.isArray() && json.path(0).has("datasetObjectId")) {
                request(json, named, job, origin(uri));
            } else if (json.has("source-ref") || json.has("source")) {
                line(json, named, job, origin(uri), "object");
            } else if (!json.isMissingNode()) {
                found.reject("format_unknown", origin(uri), "object");
            }
        });
        // What nobody came back for: the line names a file that is not there.
        job.targetOfResponse.forEach(
                (file, target) -> found.reject("response_missing", new Origin(name, folder + file), target.item()));
    }

    private void line(JsonNode line, String folderJob, Job job, Origin origin, String what) {
        String image = line.path("source-ref").asText(line.path("source").asText());
        if (image.isEmpty()) {
            found.reject("source_missing", origin, what);
            return;
        }
        String key = ownKey(line);
        Target target = new Target(key == null ? image : key, key != null, image);
        job.targetsOfImage.computeIfAbsent(image, i -> new HashSet<>()).add(target);
        if (line.path(LabelingJobs.BATCH).isArray()) {
            job.batches.put(target, batch(line.path(LabelingJobs.BATCH)));
        }
        List<String> attributes = new ArrayList<>(attributes(line));
        if (key != null && job.bearsItsName && settings.labelAttribute().isEmpty()) {
            attributes.removeIf(attribute -> isShown(line, attribute, folderJob));
        }
        if (attributes.isEmpty()) {
            found.reject("unlabeled", origin, target.item());
        }
        for (String attribute : attributes) {
            JsonNode metadata = line.path(attribute + METADATA);
            String reference = metadata.path(RESPONSES).asText();
            int tail = reference.indexOf("annotations/worker-response/");
            if (tail >= 0) {
                job.targetOfResponse.put(reference.substring(tail), target);
            } else if (!line.has(attribute) || line.path(attribute).isNull()) {
                found.reject(metadata.isObject() ? "failed" : "unlabeled", origin, target.item());
            } else {
                String of = jobOf(metadata, folderJob);
                job.verifies |= of.equals(folderJob) && type(metadata).equals(VERIFICATION);
                if (type(metadata).equals(MASKS)) {
                    job.masked.add(target);
                }
                label(line.path(attribute), metadata, target, of, origin);
            }
        }
    }

    /** The items of a batch. Which selection they are of, if any, need not be known: they carry their own keys. */
    private static Map<String, Target> batch(JsonNode shown) {
        Map<String, Target> batch = new TreeMap<>();
        for (JsonNode one : shown) {
            batch.put(
                    one.path(LabelingJobs.BATCH_KEY).asText(),
                    new Target(
                            one.path(LabelingJobs.BATCH_ITEM).asText(),
                            false,
                            one.path(LabelingJobs.BATCH_IMAGE).asText()));
        }
        return batch;
    }

    /** Whether an attribute of our own line is not the answer of the line's job, but what its people were shown. */
    private static boolean isShown(JsonNode line, String attribute, String folderJob) {
        JsonNode metadata = line.path(attribute + METADATA);
        String job = jobOf(metadata, "");
        return job.isEmpty()
                ? line.hasNonNull(attribute) && !metadata.has(RESPONSES)
                : !job.equalsIgnoreCase(folderJob);
    }

    private List<String> attributes(JsonNode line) {
        if (!settings.labelAttribute().isEmpty()) {
            return List.of(settings.labelAttribute());
        }
        List<String> attributes = new ArrayList<>();
        line.fieldNames().forEachRemaining(field -> {
            if (field.endsWith(METADATA)
                    && !field.equals("source-ref" + METADATA)
                    && line.path(field).isObject()) {
                attributes.add(field.substring(0, field.length() - METADATA.length()));
            }
        });
        return attributes;
    }

    private void label(JsonNode value, JsonNode metadata, Target target, String job, Origin origin) {
        Optional<Content> content = content(value, metadata);
        if (content.isEmpty()) {
            found.reject("answer_unsupported", origin, target.item());
            return;
        }
        double confidence = metadata.path("confidence").asDouble();
        found.answer(new Answer(
                settings.useCase(),
                job,
                target,
                "",
                metadata.path("human-annotated").asText("yes").equals("no") ? Answers.MACHINE : Answers.CONSOLIDATED,
                content.get(),
                confidence > 0 && confidence <= 1 ? confidence : null, // a single worker is given 0.00
                instant(either(metadata, "creation-date", "creation_date").asText()),
                null,
                guideline(),
                origin));
    }

    private static Optional<Content> content(JsonNode value, JsonNode metadata) {
        return switch (type(metadata)) {
            case "image-classification", "text-classification" -> oneClass(value, metadata);
            case VERIFICATION -> oneClass(value, metadata).flatMap(Content::verdict);
            case "image-classification-multilabel", "text-classification-multilabel" -> classes(value, metadata);
            case "object-detection" -> boxes(value, metadata);
            case MASKS -> value.isTextual() ? Optional.of(Content.mask(value.asText())) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static String type(JsonNode metadata) {
        return metadata.path("type").asText().toLowerCase(Locale.ROOT).replaceFirst("^groundtruth/", "");
    }

    private static Optional<Content> oneClass(JsonNode value, JsonNode metadata) {
        String label = metadata.path("class-name").asText(className(value, metadata));
        return label == null || label.isBlank() || !value.isValueNode()
                ? Optional.empty()
                : Optional.of(Content.label(label));
    }

    private static Optional<Content> classes(JsonNode value, JsonNode metadata) {
        List<String> labels = new ArrayList<>();
        for (JsonNode index : value) {
            String label = className(index, metadata);
            if (label == null) {
                return Optional.empty();
            }
            labels.add(label);
        }
        return value.isArray() ? Optional.of(Content.labels(labels)) : Optional.empty();
    }

    private static Optional<Content> boxes(JsonNode value, JsonNode metadata) {
        List<Content.Drawn> boxes = new ArrayList<>();
        for (JsonNode box : value.path("annotations")) {
            String label = className(either(box, "class_id", "class-id"), metadata);
            boxes.add(new Content.Drawn(
                    label == null ? "" : label,
                    box.path("left").asDouble(Double.NaN),
                    box.path("top").asDouble(Double.NaN),
                    box.path("width").asDouble(Double.NaN),
                    box.path("height").asDouble(Double.NaN)));
        }
        return value.path("annotations").isArray() && boxes.stream().allMatch(Content::drawn)
                ? Optional.of(Content.boxes(boxes))
                : Optional.empty();
    }

    /** Class indices are numbers or texts, those of a map always texts; null where the map does not know it. */
    private static @Nullable String className(JsonNode index, JsonNode metadata) {
        JsonNode name = either(metadata, "class-map", "class_map").path(index.asText());
        return name.isTextual() ? name.asText() : null;
    }

    private static JsonNode either(JsonNode node, String key, String other) {
        return node.has(key) ? node.path(key) : node.path(other);
    }

    private static String jobOf(JsonNode metadata, String folderJob) {
        String job = either(metadata, "job-name", "job_name").asText();
        return job.isEmpty() ? folderJob : job.startsWith(JOB_PREFIX) ? job.substring(JOB_PREFIX.length()) : job;
    }

    /** Reads the answers of a consolidation request, and which image an object's number stands for. */
    private void request(JsonNode objects, String folderJob, Job job, Origin origin) {
        for (JsonNode object : objects) {
            String number = object.path("datasetObjectId").asText();
            JsonNode data = object.path("dataObject");
            String image = data.path("s3Uri").asText(data.path("content").asText());
            if (image.isEmpty()) {
                found.reject("source_missing", origin, "object " + number);
                continue;
            }
            job.imageOfObject.put(number, image);
            Target target = target(image, job);
            if (target == null) {
                found.reject("source_ambiguous", origin, "object " + number);
                continue;
            }
            for (JsonNode annotation : object.path("annotations")) {
                JsonNode content = annotation.path("annotationData").path("content");
                annotation(annotation, content, folderJob, job, target, origin);
            }
        }
    }

    private void annotation(
            JsonNode annotation, JsonNode content, String folderJob, Job job, Target target, Origin origin) {
        if (!content.isTextual()) {
            found.reject("answer_missing", origin, target.item());
            return;
        }
        JsonNode form = parse(content.asText(), origin, target.item());
        if (!form.isMissingNode()) {
            workerAnswer(annotation, form, folderJob, job, target, origin);
        }
    }

    private void workerAnswer(JsonNode answer, JsonNode form, String folderJob, Job job, Target target, Origin origin) {
        Map<String, Target> batch = job.batches.get(target);
        if (batch != null) {
            batch.forEach((key, item) -> {
                if (form.has(key)) {
                    Optional<Content> verdict = Content.ofForm(form.path(key)).flatMap(Content::verdict);
                    workerAnswer(part(answer, batch.size()), verdict, folderJob, item, origin);
                } else {
                    found.reject("answer_missing", origin, item.item());
                }
            });
        } else if (form.has("crowd-semantic-segmentation") && job.masked.contains(target)) {
            found.reject(Found.IN_MASK, origin, target.item());
        } else {
            Optional<Content> content = Content.ofForm(form);
            workerAnswer(answer, job.verifies ? content.flatMap(Content::verdict) : content, folderJob, target, origin);
        }
    }

    /** A page is answered in one go: each of its items took its part of the time. */
    private static JsonNode part(JsonNode answer, int items) {
        JsonNode seconds = answer.path(SECONDS);
        return answer.isObject() && seconds.isNumber()
                ? answer.<ObjectNode>deepCopy().put(SECONDS, seconds.asDouble() / items)
                : answer;
    }

    private void response(JsonNode response, String folderJob, Job job, String uri) {
        Matcher file = RESPONSE.matcher(below(uri));
        if (!file.matches() || response.isMissingNode()) {
            return;
        }
        Target target = job.targetOfResponse.remove(file.group(2));
        if (target == null) {
            String image = job.imageOfObject.get(file.group(3));
            if (image == null) {
                found.reject("object_unknown", origin(uri), "object " + file.group(3));
                return;
            }
            target = target(image, job);
        }
        if (target == null) {
            found.reject("source_ambiguous", origin(uri), "object " + file.group(3));
            return;
        }
        for (JsonNode answer : response.path("answers")) {
            workerAnswer(answer, answer.path("answerContent"), folderJob, job, target, origin(uri));
        }
    }

    /** Returns what an image stands for in a job: its line's item; itself without a line; null where lines differ. */
    private static @Nullable Target target(String image, Job job) {
        Set<Target> targets = job.targetsOfImage.get(image);
        if (targets == null) {
            return new Target(image, false, image);
        }
        return targets.size() == 1 ? targets.iterator().next() : null;
    }
}
