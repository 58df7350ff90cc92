/**
 * The whole of choosing: takes requests and events, asks routers, reserves, answers. It owns no thread and no clock, so
 * the proxy, a simulation and an embedder run the same one.
 *
 * <pre>
 *   RoutingAttempt ─► Mailbox ─► RoutingEngine.serve ─► RouterInstance ─► Router (plugin)
 *        ▲                          │ snapshot once, candidates narrowed
 *        └── answered ◄── Reservation ◄── select / abstain / fail
 * </pre>
 */
@NullMarked
package dev.penstock.core.engine;

import org.jspecify.annotations.NullMarked;
