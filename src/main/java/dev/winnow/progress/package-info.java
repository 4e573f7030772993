/** How labeling jobs stand, what the team still has open, and what returns to the pool. */
@NullMarked
package dev.winnow.progress;

import org.jspecify.annotations.NullMarked;
