/** Concurrency tests. */
@NullMarked
package dev.penstock.bench.jcstress;

import org.jspecify.annotations.NullMarked;
