/** {@code penstock demo}: simulated engines and the load balancer in one process, and real requests through it. */
@NullMarked
package dev.penstock.bench.demo;

import org.jspecify.annotations.NullMarked;
