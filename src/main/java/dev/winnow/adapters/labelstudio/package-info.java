/** Projects of Label Studio. */
@NullMarked
package dev.winnow.adapters.labelstudio;

import org.jspecify.annotations.NullMarked;
