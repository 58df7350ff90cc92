/** What the engine and the proxy need of others: implemented by the cache, by the transport or by an embedder. */
@NullMarked
package dev.penstock.core.port;

import org.jspecify.annotations.NullMarked;
