/**
 * What the load balancer knows: {@link dev.penstock.cache.FleetCache} is its face. The packages below do not see this
 * one.
 */
@NullMarked
package dev.penstock.cache;

import org.jspecify.annotations.NullMarked;
