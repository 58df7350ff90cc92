/**
 * What the load is sent to: the engines, and each proxy with the configuration it is measured with.
 */
@NullMarked
package dev.penstock.bench.proxy.target;

import org.jspecify.annotations.NullMarked;
