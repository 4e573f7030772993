/** Looks at misclassified images: what a model of Bedrock and plain measurements see, and which classes are short. */
@NullMarked
package dev.winnow.analysis;

import org.jspecify.annotations.NullMarked;
