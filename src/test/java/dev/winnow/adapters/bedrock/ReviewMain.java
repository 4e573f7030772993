package dev.winnow.adapters.bedrock;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.analysis.CallLedger;
import dev.winnow.analysis.ModelReviewer;
import dev.winnow.analysis.Prompt;
import dev.winnow.config.ModelSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.runtime.TimeSource;
import dev.winnow.testing.ImageCases;
import java.io.File;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** A review as a process of its own, to be killed. */
final class ReviewMain {
    private ReviewMain() {}

    /** Arguments: configuration file, folder, images. */
    public static void main(String[] args) {
        ModelSettings settings =
                WinnowConfig.load(new File(args[0]), Map.of()).analysis().model();
        ObjectStore objects = new LocalObjects();
        try (BedrockModel model = BedrockModel.open(settings)) {
            new ModelReviewer(
                            settings,
                            model,
                            objects,
                            new CallLedger(objects, args[1] + "/analysis", () -> {}),
                            Prompt.load(),
                            useCase -> List.of("person", "dog", "car"),
                            TimeSource.SYSTEM)
                    .review(
                            LocalDate.of(2026, 11, 2),
                            ImageCases.make(objects, args[1] + "/images", Integer.parseInt(args[2])));
        }
    }
}
