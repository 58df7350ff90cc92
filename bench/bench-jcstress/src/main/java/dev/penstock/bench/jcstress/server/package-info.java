/** Concurrency tests of what event loops share. */
@NullMarked
package dev.penstock.bench.jcstress.server;

import org.jspecify.annotations.NullMarked;
