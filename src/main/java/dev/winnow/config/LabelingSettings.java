package dev.winnow.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where labeling jobs go and what they ask.
 *
 * @param path root of the rounds
 * @param target who runs the jobs of use cases that name nobody
 * @param maxLines items per job, at most 100,000 (Ground Truth's limit); a target may take fewer
 * @param checkImages whether selected images are checked to exist before the round closes
 * @param imageAliases URI prefix of images to the prefix where they are read from, for local copies
 * @param tasks use case to what is asked about its items
 * @param groundTruth jobs of SageMaker Ground Truth
 * @param labelStudio where projects of Label Studio are made
 * @param team what the people who label can take on
 */
public record LabelingSettings(
        String path,
        Target target,
        int maxLines,
        boolean checkImages,
        Map<String, String> imageAliases,
        Map<String, TaskSettings> tasks,
        GroundTruthSettings groundTruth,
        LabelStudioSettings labelStudio,
        TeamSettings team) {

    /** Who runs labeling jobs. */
    public enum Target {
        /** Amazon SageMaker Ground Truth. */
        GROUND_TRUTH(true),
        /** Label Studio. */
        LABEL_STUDIO(false);

        private final boolean itemsExpire;

        /**
         * Names a target.
         *
         * @param itemsExpire whether an item waits no longer for its answers than {@link TaskSettings#availability}
         */
        Target(boolean itemsExpire) {
            this.itemsExpire = itemsExpire;
        }

        /** Returns the name in configuration, files and tables, such as {@code label-studio}. */
        public String id() {
            return Names.kebab(this);
        }

        static List<String> names() {
            return Arrays.stream(values()).map(Target::id).toList();
        }

        static Optional<Target> named(String id) {
            return Arrays.stream(values())
                    .filter(target -> target.id().equals(id))
                    .findFirst();
        }
    }

    /** Returns what is asked about the items of {@code useCase}. */
    public TaskSettings task(String useCase) {
        return Objects.requireNonNull(
                tasks.getOrDefault(useCase, tasks.get(WinnowConfig.DEFAULT_USE_CASE)),
                "the reference configuration has it");
    }

    /** Returns what the items of {@code useCase} are. */
    public TaskType.Subject subject(String useCase) {
        return task(useCase).type().subject();
    }

    /** Returns who runs the jobs of {@code useCase}. */
    public Target target(String useCase) {
        return task(useCase).target().orElse(target);
    }

    static LabelingSettings read(Section section) {
        Map<String, TaskSettings> tasks = section.entries("tasks", WinnowConfig.DEFAULT_USE_CASE, TaskSettings::read);
        Target target = section.oneOf("target", Target.class);
        TeamSettings team = TeamSettings.read(
                section,
                tasks.values().stream().mapToInt(TaskSettings::workers).max().orElse(1));
        tasks.forEach((useCase, task) -> {
            boolean waits = task.target().orElse(target).itemsExpire;
            if (waits
                    && team.expireDays() > 0
                    && task.availability().compareTo(Duration.ofDays(team.expireDays())) > 0) {
                section.problem(
                        "expire-days",
                        " = " + team.expireDays() + ", but the items of tasks." + useCase + " wait "
                                + task.availability()
                                + " for their answers (availability): who returns them to the pool earlier asks people"
                                + " twice; raise it, or let them wait shorter");
            }
        });
        return new LabelingSettings(
                section.text("path", Uris::writable, "a path, or a URI with s3://, s3a:// or file:"),
                target,
                section.integer("max-lines", 1, 100_000),
                section.flag("check-images"),
                section.textMap("image-aliases", key -> true, ""),
                tasks,
                section.object("ground-truth", GroundTruthSettings::read),
                section.object("label-studio", LabelStudioSettings::read),
                team);
    }
}
