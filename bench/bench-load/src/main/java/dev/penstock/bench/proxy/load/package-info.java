/**
 * What is sent, and who sends it: wrk where it is installed, a generator of our own where it is not.
 */
@NullMarked
package dev.penstock.bench.proxy.load;

import org.jspecify.annotations.NullMarked;
