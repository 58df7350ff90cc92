/**
 * The client's side: HTTP/1.x connections, parsed strictly, and the requests on them one after the other. Everything
 * belongs to the event loop of the connection.
 */
@NullMarked
package dev.penstock.server.frontend;

import org.jspecify.annotations.NullMarked;
