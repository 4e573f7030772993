/** Spends the labeling budget over the candidates. */
@NullMarked
package dev.winnow.selection;

import org.jspecify.annotations.NullMarked;
