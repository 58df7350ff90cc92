/** What engines tell of their KV caches, over ZeroMQ. */
@NullMarked
package dev.penstock.cache.kvevents;

import org.jspecify.annotations.NullMarked;
