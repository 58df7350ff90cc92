/**
 * One request from its head to its end: what is asked of it, where it goes, what comes back, and what happens when
 * something fails.
 *
 * <pre>
 *  ClientStream ─► Exchange ─► RequestIntake ─► Admission ─► RoutingLeg ─► UpstreamLeg ─► ResponseRelay ─► ClientStream
 *                     ▲            body, rules                shard, retry    connection     bytes as read
 *                     └── Deadlines: one coarse timer for each event loop
 * </pre>
 *
 * <p>Everything here belongs to the event loop of the client's connection; only what says so may be called from
 * elsewhere.
 */
@NullMarked
package dev.penstock.server.exchange;

import org.jspecify.annotations.NullMarked;
