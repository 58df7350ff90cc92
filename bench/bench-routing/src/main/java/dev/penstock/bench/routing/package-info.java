/**
 * Which strategy is how good: the real routers, run by the real engine on a simulated clock, before a simulated fleet
 * that gets the requests of public traces. Deterministic: the same seed gives the same figures on any machine.
 */
@NullMarked
package dev.penstock.bench.routing;

import org.jspecify.annotations.NullMarked;
