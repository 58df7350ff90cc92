/** Numbers for the operator, in the form of Prometheus. */
@NullMarked
package dev.penstock.server.metrics;

import org.jspecify.annotations.NullMarked;
