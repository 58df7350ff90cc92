/** What processes that serve one fleet tell each other through Redis. */
@NullMarked
package dev.penstock.cache.replica;

import org.jspecify.annotations.NullMarked;
