/** Objects on S3 and S3-compatible servers. */
@NullMarked
package dev.winnow.adapters.s3;

import org.jspecify.annotations.NullMarked;
