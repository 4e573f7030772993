/** The upkeep of the output tables. */
@NullMarked
package dev.winnow.maintenance;

import org.jspecify.annotations.NullMarked;
