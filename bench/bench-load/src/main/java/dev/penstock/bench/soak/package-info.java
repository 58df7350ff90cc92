/**
 * Load under faults: clients of every kind, engines that fail and die, a pod file that changes under them, and a judge
 * who looks at how each request ends.
 */
@NullMarked
package dev.penstock.bench.soak;

import org.jspecify.annotations.NullMarked;
