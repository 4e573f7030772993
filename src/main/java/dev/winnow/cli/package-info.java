/** Commands, exit codes and wiring: the only place that builds adapters and the Spark session. */
@NullMarked
package dev.winnow.cli;

import org.jspecify.annotations.NullMarked;
