/** Concurrency tests: every interleaving that a machine produces, of what must hold in all of them. */
@NullMarked
package dev.penstock.bench.jcstress;

import org.jspecify.annotations.NullMarked;
