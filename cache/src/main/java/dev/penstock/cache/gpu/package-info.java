/** The GPU profiles that are known, and where they come from. */
@NullMarked
package dev.penstock.cache.gpu;

import org.jspecify.annotations.NullMarked;
