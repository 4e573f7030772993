/** Turns a selection into labeling manifests and seals the round. */
@NullMarked
package dev.winnow.labeling;

import org.jspecify.annotations.NullMarked;
