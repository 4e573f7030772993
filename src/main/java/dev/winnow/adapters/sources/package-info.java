/** Input tables through Spark's readers. */
@NullMarked
package dev.winnow.adapters.sources;

import org.jspecify.annotations.NullMarked;
