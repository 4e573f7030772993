/** Labeling projects of Label Studio: projects, labeling configurations and tasks. */
@NullMarked
package dev.winnow.labeling.labelstudio;

import org.jspecify.annotations.NullMarked;
