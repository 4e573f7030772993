package dev.winnow.analysis;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people say of one class on one image, see {@link HumanChecked}.
 *
 * @param image inference that stands for it
 * @param camera camera
 * @param label class
 * @param present whether the image shows it
 * @param audit whether the image was drawn from all frames; otherwise from those that a model looked at
 * @param weight 1 / inclusion probability
 * @param seen whether the model saw it; null where it did not look
 */
record Checked(
        String image,
        String camera,
        String label,
        boolean present,
        boolean audit,
        double weight,
        @Nullable Boolean seen) {

    /** What is said of an image of the audit: the classes on it, or that there is none. */
    static List<Checked> audited(String image, String camera, double weight, List<String> shown) {
        return shown.isEmpty()
                ? List.of(new Checked(image, camera, "", false, true, weight, null))
                : shown.stream()
                        .map(label -> new Checked(image, camera, label, true, true, weight, null))
                        .toList();
    }

    /**
     * What is said of each class on an image that a model looked at; nothing if it gave no answer.
     *
     * @param weight 1 / probability of the draw among the images that the model looked at
     * @param shown classes that people see
     * @param asked classes that they could name
     */
    static List<Checked> reviewed(
            @Nullable LookedAt image,
            double weight,
            Collection<String> shown,
            Collection<String> asked,
            Synonyms.Vocabulary words) {
        if (image == null || image.seen() == null) {
            return List.of();
        }
        Set<String> there = named(shown, words);
        Set<String> seen = named(image.seen(), words);
        return asked.stream()
                .map(label -> new Checked(
                        image.image(),
                        image.camera(),
                        label,
                        there.contains(label),
                        false,
                        weight * image.weight(),
                        seen.contains(label)))
                .toList();
    }

    private static Set<String> named(Collection<String> said, Synonyms.Vocabulary words) {
        Set<String> named = new HashSet<>();
        said.forEach(word -> words.classOf(word).ifPresent(named::add));
        return named;
    }
}
