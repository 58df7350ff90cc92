/** What the load balancer knows, written by one thread and read by all. */
@NullMarked
package dev.penstock.cache;

import org.jspecify.annotations.NullMarked;
