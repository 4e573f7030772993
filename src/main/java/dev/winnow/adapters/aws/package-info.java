/** What the adapters of AWS services share. */
@NullMarked
package dev.winnow.adapters.aws;

import org.jspecify.annotations.NullMarked;
