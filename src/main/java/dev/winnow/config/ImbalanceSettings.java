package dev.winnow.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a class is short of training data, and how much of it is asked for.
 *
 * @param windowDays event dates whose verdicts and run dates whose findings count, the run date included
 * @param dimensions conditions that classes are looked at under; empty: all dimensions of frames
 * @param beta of the effective number of training samples, inside (0, 1)
 * @param thin a class is thin below this many times the median effective number
 * @param target effective number that is asked for, times the median one
 * @param times errors are high above this many times what they are elsewhere
 * @param falseShare share of false names among the classes named, fraction
 * @param minImages images that a new class must be seen in
 * @param minCameras cameras that a new class must be seen by
 * @param minChecked images that people checked, below which the model's answers stay uncalibrated, and audited images
 *     below which there is no share in the field
 * @param falselySeen share of images on which a model is taken to see what is not there while it is uncalibrated, fraction
 * @param synthesizeBelow images of a class in the window over those wanted, below which they are synthesized
 * @param maxImages most images that one request asks for
 * @param synonyms further word to the class it means
 */
public record ImbalanceSettings(
        int windowDays,
        List<String> dimensions,
        double beta,
        double thin,
        double target,
        double times,
        double falseShare,
        int minImages,
        int minCameras,
        int minChecked,
        double falselySeen,
        double synthesizeBelow,
        int maxImages,
        Map<String, String> synonyms) {

    /** Reads the settings; {@code dimensions} are those that segments can have. */
    static ImbalanceSettings read(Section section, Set<String> dimensions) {
        Set<String> known = new TreeSet<>(dimensions);
        InputSettings.BUILT_IN_DIMENSIONS.forEach(known::remove);
        ImbalanceSettings settings = new ImbalanceSettings(
                section.integer("window-days", 1, 366),
                section.texts(
                        "dimensions",
                        known::containsAll,
                        "names of dimensions of inferences or cameras, of which there are " + known),
                section.number("beta", 0.5, 0.999999),
                section.number("thin", 0.01, 1),
                section.number("target", 0.01, 1),
                section.number("times", 1, 100),
                section.number("false-share", 0.0001, 0.5),
                section.integer("min-images", 1, 1_000_000),
                section.integer("min-cameras", 2, 1_000_000),
                section.integer("min-checked", 10, 1_000_000),
                section.number("falsely-seen", 0, 0.5),
                section.number("synthesize-below", 0, 1_000),
                section.integer("max-images", 1, 1_000_000),
                section.textMap("synonyms", word -> !word.isBlank(), "a word must not be empty"));
        if (settings.target < settings.thin) {
            section.problem("target", " is below thin: what is asked for would leave a class thin");
        }
        return settings;
    }
}
