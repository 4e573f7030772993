package dev.winnow.analysis;

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
        @Nullable Boolean seen) {}
