/** Reads back what people answered, from labeling services and plain tables. */
@NullMarked
package dev.winnow.answers;

import org.jspecify.annotations.NullMarked;
