/** Tables in the Data Catalog of AWS Glue. */
@NullMarked
package dev.winnow.adapters.glue;

import org.jspecify.annotations.NullMarked;
