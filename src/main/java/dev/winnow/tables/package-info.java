/** The schema kit: a table is declared once in code; DDL, checks, readers and the data dictionary follow from it. */
@NullMarked
package dev.winnow.tables;

import org.jspecify.annotations.NullMarked;
