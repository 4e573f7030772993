/** Labeling jobs of Amazon SageMaker Ground Truth: manifests, label categories, worker templates and requests. */
@NullMarked
package dev.winnow.labeling.groundtruth;

import org.jspecify.annotations.NullMarked;
