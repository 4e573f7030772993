/** Formulas in plain Java: intervals, shrinkage, tests, hashing, allotment. JDK and Commons Math 3 only. */
@NullMarked
package dev.winnow.stats;

import org.jspecify.annotations.NullMarked;
