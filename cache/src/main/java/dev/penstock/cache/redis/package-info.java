/** The connection to Redis: one for a process, shared by all that is kept there. */
@NullMarked
package dev.penstock.cache.redis;

import org.jspecify.annotations.NullMarked;
