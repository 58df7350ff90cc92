/**
 * The client's side over HTTP/2: connections, and the requests on them side by side. Netty's codec reads and writes the
 * frames; the headers, the rules for them and the bodies are ours. Everything belongs to the event loop of the
 * connection.
 */
@NullMarked
package dev.penstock.server.http2;

import org.jspecify.annotations.NullMarked;
