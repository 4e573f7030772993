/** The labels leave as a training set. */
@NullMarked
package dev.winnow.export;

import org.jspecify.annotations.NullMarked;
