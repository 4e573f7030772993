/** Says how right labels are by class and confidence, and above which confidence they can be trusted. */
@NullMarked
package dev.winnow.quality;

import org.jspecify.annotations.NullMarked;
