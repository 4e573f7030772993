/** Daily cells and error rates by every dimension: where is the model weak? */
@NullMarked
package dev.winnow.segments;

import org.jspecify.annotations.NullMarked;
