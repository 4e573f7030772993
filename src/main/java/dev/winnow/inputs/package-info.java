/** Any schema to canonical inferences, feedback and cameras: mapping, contract, rejects. */
@NullMarked
package dev.winnow.inputs;

import org.jspecify.annotations.NullMarked;
