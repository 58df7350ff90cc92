/** Traces of several load balancers through faults of their Redis: every request accounted for. */
@NullMarked
package dev.penstock.bench.traces;

import org.jspecify.annotations.NullMarked;
