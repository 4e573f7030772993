/** A synthetic fleet of any size with planted weak segments. */
@NullMarked
package dev.winnow.generate;

import org.jspecify.annotations.NullMarked;
