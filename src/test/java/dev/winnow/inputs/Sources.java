package dev.winnow.inputs;

import dev.winnow.adapters.sources.SparkSources;
import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.SourceReader;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Inputs of a test as files in a folder, read as the command line reads them. */
final class Sources {
    private final Path folder;
    private final SourceReader sources = new SparkSources(SparkExtension.session());

    Sources(Path folder) {
        this.folder = folder;
    }

    /** Writes a text file; quotes may be single. */
    Sources with(String name, String... lines) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, String.join("\n", lines).replace('\'', '"') + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads {@code inputs { ... }}; {@code $root} stands for the folder. */
    WinnowConfig config(String inputs) {
        try {
            Path file = Files.writeString(Files.createTempFile(folder, "_inputs", ".conf"), """
                    pipeline = p
                    warehouse = "$root/_warehouse"
                    labeling.path = "$root/_labeling"
                    inputs.inferences.path = "$root/inferences"
                    inputs {
                    %s
                    }
                    """.formatted(inputs)
                    .replace("$root", folder.toString()));
            return WinnowConfig.load(file.toFile(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InferenceLog inferences(String inputs) {
        WinnowConfig config = config(inputs);
        return new InferenceLog(sources, config.inferences(), new CameraTable(sources, config.cameras()));
    }

    FeedbackLog feedback(String inputs) {
        return new FeedbackLog(sources, config(inputs).feedback());
    }

    TrainingSet training(String inputs) {
        return new TrainingSet(sources, config(inputs));
    }

    CameraTable cameras(String inputs) {
        return new CameraTable(sources, config(inputs).cameras());
    }
}
