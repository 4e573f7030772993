/** Objects on a local file system. */
@NullMarked
package dev.winnow.adapters.local;

import org.jspecify.annotations.NullMarked;
