/** The one configuration file: typed, validated as a whole, every problem reported at once. */
@NullMarked
package dev.winnow.config;

import org.jspecify.annotations.NullMarked;
