/** Makes one label of many answers and says how good each annotator is. */
@NullMarked
package dev.winnow.consensus;

import org.jspecify.annotations.NullMarked;
