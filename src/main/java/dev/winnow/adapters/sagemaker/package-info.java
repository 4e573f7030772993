/** Labeling jobs of SageMaker Ground Truth. */
@NullMarked
package dev.winnow.adapters.sagemaker;

import org.jspecify.annotations.NullMarked;
