/**
 * What Penstock reads of a pod's answer while it passes on the bytes: head, framing, usage; and the few bytes it writes
 * itself.
 *
 * <p>None of these classes owns a thread or a channel: an instance belongs to one event loop.
 */
@NullMarked
package dev.penstock.server.relay;

import org.jspecify.annotations.NullMarked;
