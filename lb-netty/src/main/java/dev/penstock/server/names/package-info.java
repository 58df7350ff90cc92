/**
 * Host names of endpoints: resolved on event loops, without waiting. What a loop knows of names is its own.
 */
@NullMarked
package dev.penstock.server.names;

import org.jspecify.annotations.NullMarked;
