/** Models on Amazon Bedrock, and on servers that speak its protocol. */
@NullMarked
package dev.winnow.adapters.bedrock;

import org.jspecify.annotations.NullMarked;
