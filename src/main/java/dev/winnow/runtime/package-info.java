/** What a run stands on: Spark settings, identity, lease, ledger, progress. */
@NullMarked
package dev.winnow.runtime;

import org.jspecify.annotations.NullMarked;
