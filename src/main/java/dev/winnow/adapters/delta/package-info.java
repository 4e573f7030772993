/** Delta Lake tables. */
@NullMarked
package dev.winnow.adapters.delta;

import org.jspecify.annotations.NullMarked;
