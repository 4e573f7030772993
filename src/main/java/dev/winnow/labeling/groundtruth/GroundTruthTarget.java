package dev.winnow.labeling.groundtruth;

import dev.winnow.config.GroundTruthSettings;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.TaskType;
import dev.winnow.labeling.JobFiles;
import dev.winnow.labeling.Json;
import dev.winnow.labeling.LabelingJob;
import dev.winnow.labeling.LabelingTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Labeling jobs of Amazon SageMaker Ground Truth: manifest, label categories, worker template, and the whole request for
 * CreateLabelingJob.
 *
 * <p>Where it is not configured whose jobs they are, the request is left out and a sentence says what is missing.
 */
public final class GroundTruthTarget implements LabelingTarget {
    private static final int MAX_NAME = 63;

    private final GroundTruthSettings settings;

    /** Creates the target. */
    public GroundTruthTarget(GroundTruthSettings settings) {
        this.settings = settings;
    }

    @Override
    public Target kind() {
        return Target.GROUND_TRUTH;
    }

    @Override
    public int maxNameLength() {
        return MAX_NAME;
    }

    @Override
    public boolean takes(TaskType type) {
        return true;
    }

    @Override
    public int maxItems(TaskType type) {
        return Task.of(type).maxItems;
    }

    @Override
    public boolean offers(TaskType type, String label) {
        return LabelCategories.offers(Task.of(type), label);
    }

    @Override
    public JobFiles write(LabelingJob job, Path folder) throws IOException {
        LabelingRequest request = new LabelingRequest(settings, job);
        request.check();
        List<String> names = new ArrayList<>();
        Map<String, String> others = new LinkedHashMap<>();
        String categories = job.name() + ".labels.json";
        Files.writeString(folder.resolve(categories), LabelCategories.file(job));
        names.add(categories);
        if (!Task.of(job.type()).sequences()) {
            Files.writeString(folder.resolve(request.templateName()), WorkerTemplate.of(job));
            names.add(request.templateName());
            others.put("template", request.templateName());
        }
        InputManifest.write(folder.resolve(request.manifestName()), job);
        names.add(request.manifestName());
        List<String> missing = request.missing();
        if (!missing.isEmpty()) {
            return new JobFiles(
                    request.manifestName(),
                    categories,
                    names,
                    null,
                    List.of(),
                    others,
                    List.of("No request for CreateLabelingJob was written: " + String.join(", ", missing)
                            + (missing.size() == 1 ? " is" : " are") + " not set"));
        }
        String name = job.name() + ".create-labeling-job.json";
        Files.writeString(folder.resolve(name), Json.text(request.members(categories)) + "\n");
        names.add(name);
        return new JobFiles(request.manifestName(), categories, names, name, List.of(), others, List.of());
    }
}
