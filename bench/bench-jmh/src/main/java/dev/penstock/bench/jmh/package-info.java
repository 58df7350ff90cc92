/**
 * Micro benchmarks: what one step of a request costs, beside a yardstick that is measured in the same run. Absolute
 * times are this machine's; the ratio to the yardstick is what holds.
 */
@NullMarked
package dev.penstock.bench.jmh;

import org.jspecify.annotations.NullMarked;
