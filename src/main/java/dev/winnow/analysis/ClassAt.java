package dev.winnow.analysis;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A class, as a whole or at one value of a dimension.
 *
 * @param label class
 * @param dimension dimension; null: whatever the conditions
 * @param value its value; null where the dimension is
 */
record ClassAt(
        String label, @Nullable String dimension, @Nullable String value) {
    private static final Comparator<@Nullable String> NULLS_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());

    /** By class and condition, the class as a whole first. */
    static final Comparator<ClassAt> ORDER = Comparator.comparing(ClassAt::label)
            .thenComparing(ClassAt::dimension, NULLS_FIRST)
            .thenComparing(ClassAt::value, NULLS_FIRST);

    /** A class as a whole. */
    static ClassAt whole(String label) {
        return new ClassAt(label, null, null);
    }

    /** Whether no condition is told. */
    boolean isWhole() {
        return dimension == null;
    }

    /** The class and its condition as text, such as {@code deer where lighting=night}. */
    String text() {
        return isWhole() ? label : label + " where " + condition();
    }

    /** The condition as text, such as {@code lighting=night}; empty for the class as a whole. */
    String condition() {
        return isWhole() ? "" : dimension + "=" + value;
    }
}
