/**
 * The mailbox of a shard: what waits to be routed, and who routes it. Threads change, owners never overlap.
 *
 * <pre>
 *   lb-io-N ──submit──► lanes ──► whoever holds the state word ──► RoutingEngine.serve
 *                                  │ lb-io-N: a small share, at once
 *                                  │ lb-router-k: the rest; parks when there is none
 *                                  └ lb-watchdog: takes the word away from a router that does not come back
 * </pre>
 */
@NullMarked
package dev.penstock.server.mailbox;

import org.jspecify.annotations.NullMarked;
