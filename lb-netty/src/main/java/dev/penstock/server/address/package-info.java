/**
 * Who a client is, told by those in front of the balancer that are trusted: ranges of addresses, and what the headers
 * {@code X-Forwarded-For} and {@code Forwarded} say. Holds no state, resolves no names.
 */
@NullMarked
package dev.penstock.server.address;

import org.jspecify.annotations.NullMarked;
