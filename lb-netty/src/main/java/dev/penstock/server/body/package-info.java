/**
 * What Penstock reads of a request, and the edits it makes to it: target, JSON and multipart bodies.
 *
 * <p>Scanners look at each byte once, as it arrives, wherever the reads cut it. None of them owns a thread: an instance
 * belongs to one event loop.
 */
@NullMarked
package dev.penstock.server.body;

import org.jspecify.annotations.NullMarked;
