/**
 * Child processes of the benchmark: starting, pinning, watching, ending them, and reading what they cost.
 */
@NullMarked
package dev.penstock.bench.proxy.process;

import org.jspecify.annotations.NullMarked;
