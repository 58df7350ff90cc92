/**
 * Connections to pods: one pool for each event loop, last in first out, and what one connection does for one request.
 *
 * <p>Nothing here knows of clients: whoever uses a connection is an {@link
 * dev.penstock.server.upstream.UpstreamListener}. All of it belongs to one event loop.
 */
@NullMarked
package dev.penstock.server.upstream;

import org.jspecify.annotations.NullMarked;
