/** Whether rounds of labeling helped: what each signal's labels brought, and how targeted segments and models changed. */
@NullMarked
package dev.winnow.outcomes;

import org.jspecify.annotations.NullMarked;
