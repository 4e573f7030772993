package dev.winnow.labeling;

import dev.winnow.config.LabelingSettings;
import dev.winnow.config.LabelingSettings.Target;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Who runs the labeling jobs of each use case. */
final class Targets {
    private final LabelingSettings settings;
    private final Map<Target, LabelingTarget> targets = new EnumMap<>(Target.class);

    /**
     * Knows targets.
     *
     * @param targets one of each kind
     */
    Targets(LabelingSettings settings, List<LabelingTarget> targets) {
        this.settings = settings;
        targets.forEach(target -> this.targets.put(target.kind(), target));
    }

    /** Returns who runs the jobs of {@code useCase}. */
    LabelingTarget of(String useCase) {
        Target kind = settings.target(useCase);
        return Objects.requireNonNull(targets.get(kind), kind.id());
    }
}
