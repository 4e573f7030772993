package dev.winnow.cli;

import dev.winnow.adapters.labelstudio.LabelStudio;
import dev.winnow.adapters.sagemaker.SageMakerLabeling;
import dev.winnow.config.ConfigException;
import dev.winnow.config.GroundTruthSettings;
import dev.winnow.config.LabelStudioSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.labeling.LabelingTarget;
import dev.winnow.labeling.groundtruth.GroundTruthTarget;
import dev.winnow.labeling.labelstudio.LabelStudioTarget;
import dev.winnow.ports.LabelingService;
import java.util.List;
import java.util.function.Supplier;

/** Who can run labeling jobs, and the services in which they do: a further target is an entry of {@link #entries}. */
final class LabelingTargets {
    private final WinnowConfig config;
    private final List<Entry> entries;

    /**
     * One of them.
     *
     * @param target writes the files of a job
     * @param service opens what takes the job
     */
    private record Entry(LabelingTarget target, Supplier<LabelingService> service) {}

    LabelingTargets(WinnowConfig config) {
        this.config = config;
        this.entries = List.of(
                new Entry(new GroundTruthTarget(config.labeling().groundTruth()), this::sageMaker),
                new Entry(new LabelStudioTarget(), this::labelStudio));
    }

    /** Returns all of them, one of each kind. */
    List<LabelingTarget> all() {
        return entries.stream().map(Entry::target).toList();
    }

    /** Opens the service of a target by its name in tables. */
    LabelingService open(String target) {
        return entries.stream()
                .filter(entry -> entry.target.kind().id().equals(target))
                .findFirst()
                .orElseThrow(() -> new ConfigException("no service takes labeling jobs for " + target))
                .service
                .get();
    }

    private LabelingService sageMaker() {
        GroundTruthSettings settings = config.labeling().groundTruth();
        return SageMakerLabeling.open(
                settings.region().isEmpty() ? config.s3().region() : settings.region(), settings.endpoint());
    }

    private LabelingService labelStudio() {
        LabelStudioSettings settings = config.labeling().labelStudio();
        if (settings.url().isEmpty() || settings.tokenVariable().isEmpty()) {
            throw new ConfigException(
                    "labeling.label-studio: set url to the root of the server, and token-variable to the"
                            + " name of the environment variable that holds its token");
        }
        return LabelStudio.open(
                settings.url(),
                Secrets.of("labeling.label-studio.token-variable", settings.tokenVariable(), "a token of its API"),
                settings.tokenVariable(),
                settings.connectBuckets() ? config.s3() : null);
    }
}
