package dev.winnow.runtime;

import dev.winnow.config.CameraSettings;
import dev.winnow.config.FeedbackSettings;
import dev.winnow.config.InferenceSettings;
import dev.winnow.config.InputSettings;
import dev.winnow.config.InputSettings.Format;
import dev.winnow.config.WinnowConfig;
import dev.winnow.stats.Digest;
import java.util.Collection;
import java.util.TreeMap;

/**
 * The version of cells: changes with everything that decides into which cell a row is counted, and as what.
 *
 * <p>Not with where data lies, how much of it there is, or how it is ranked: static dimensions join the cells later.
 */
public final class CellVersion {
    /**
     * What the code itself decides. A change of the bins, of the cell's key, of the rules that put feedback to
     * inferences, or of what null becomes needs another text here.
     */
    public static final String RULES =
            "bins=20;key=site,camera,use_case,model_version,label;verdicts=2;unknown_zone=unknown";

    private CellVersion() {}

    /** Returns the version that a configuration makes, 12 hexadecimal digits. */
    public static String of(WinnowConfig config) {
        Digest digest = new Digest().add(RULES);
        InputSettings inferences = config.inferences().input();
        add(digest, inferences, InferenceSettings.COLUMNS);
        new TreeMap<>(inferences.dimensions()).forEach((name, dimension) -> {
            digest.add(name).add(dimension.value());
            if (dimension.isBinned()) { // the edges alone: the name they are stored under counts nothing
                digest.add("edges=" + dimension.edges());
            }
        });
        digest.add(Integer.toString(config.inferences().confidenceScale()));
        // The camera table gives sites and zones; whether there is one decides what a missing site is called.
        InputSettings cameras = config.cameras().input();
        digest.add(Boolean.toString(cameras.present()));
        add(digest, cameras, CameraSettings.COLUMNS);
        InputSettings feedback = config.feedback().input();
        digest.add(Boolean.toString(feedback.present()));
        add(digest, feedback, FeedbackSettings.COLUMNS);
        digest.add(config.feedback().catchUpAges().toString());
        digest.add(Integer.toString(config.feedback().nearestFrameSeconds()));
        return digest.hex(12);
    }

    /** Adds how values are read: expressions, zone, and for text files what turns texts into values. */
    private static void add(Digest digest, InputSettings input, Collection<String> columns) {
        digest.add(input.name()).add(input.timeZone());
        columns.forEach(name -> digest.add(name).add(input.columns().getOrDefault(name, name)));
        if (input.format() == Format.CSV || input.format() == Format.JSON) {
            digest.add(input.schema());
            new TreeMap<>(input.options())
                    .forEach((name, value) -> digest.add(name).add(value));
        }
    }
}
