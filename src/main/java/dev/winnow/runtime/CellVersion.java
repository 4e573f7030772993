package dev.winnow.runtime;

import dev.winnow.config.InputSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.stats.Digest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The version of cells: changes with everything that decides into which cell a row is counted. */
public final class CellVersion {
    private static final List<String> INFERENCE =
            List.of("camera_id", "confidence", "event_date", "model_version", "predicted_label", "site_id", "use_case");
    private static final List<String> FEEDBACK = List.of("corrected_label", "label", "verdict");

    private CellVersion() {}

    /** Returns the version that a configuration makes, 12 hexadecimal digits. */
    public static String of(WinnowConfig config) {
        Digest digest = new Digest();
        InputSettings inferences = config.inferences().input();
        add(digest, inferences.columns(), INFERENCE);
        new TreeMap<>(inferences.dimensions())
                .forEach((name, value) -> digest.add(name).add(value));
        digest.add(Integer.toString(config.inferences().confidenceScale()));
        add(digest, config.feedback().input().columns(), FEEDBACK);
        digest.add(config.feedback().catchUpAges().toString());
        digest.add(Integer.toString(config.feedback().nearestFrameSeconds()));
        return digest.hex(12);
    }

    private static void add(Digest digest, Map<String, String> columns, List<String> names) {
        names.forEach(name -> digest.add(name).add(columns.getOrDefault(name, name)));
    }
}
