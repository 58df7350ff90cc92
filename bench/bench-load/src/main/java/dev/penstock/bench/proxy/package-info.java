/**
 * The proxy benchmark: the same engines and the same load through nothing, nginx, HAProxy and Penstock, in one run.
 */
@NullMarked
package dev.penstock.bench.proxy;

import org.jspecify.annotations.NullMarked;
