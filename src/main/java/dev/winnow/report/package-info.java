/** One self-contained HTML page per run date, of the tables alone. */
@NullMarked
package dev.winnow.report;

import org.jspecify.annotations.NullMarked;
