/** What the jobs need from the outside world, in their own words. */
@NullMarked
package dev.winnow.ports;

import org.jspecify.annotations.NullMarked;
