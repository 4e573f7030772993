/** Formulas in plain Java: intervals, hashing, allotment. JDK only. */
@NullMarked
package dev.winnow.stats;

import org.jspecify.annotations.NullMarked;
