/** Concurrency tests of the cache. */
@NullMarked
package dev.penstock.bench.jcstress.cache;

import org.jspecify.annotations.NullMarked;
