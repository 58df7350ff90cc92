/** The keys of clients: read from files and Redis, kept as hashes, made and revoked. */
@NullMarked
package dev.penstock.cache.keys;

import org.jspecify.annotations.NullMarked;
