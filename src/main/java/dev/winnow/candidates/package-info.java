/** Which inferences could teach something, cut by the day's histograms. */
@NullMarked
package dev.winnow.candidates;

import org.jspecify.annotations.NullMarked;
