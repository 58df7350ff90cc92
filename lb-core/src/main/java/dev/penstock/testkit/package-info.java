/**
 * Tests a router in milliseconds, without a network: a fleet made of words, a clock that is moved by hand, live figures
 * that the test sets, and behind them the very engine that Penstock routes with. A router that throws, answers late or
 * answers a pod that has left meets here what it meets in production.
 *
 * <pre>{@code
 * TestShard shard = TestShard.of(new MyProvider());
 * shard.fleet().add("p1", "p2");
 * shard.load().inFlight(shard.pod("p1"), 3);
 *
 * Routed routed = shard.route("my-strategy");
 *
 * assertEquals("p2", routed.pod());
 * assertNull(routed.fallbackReason());
 * routed.ended(new Usage(100, 20));
 * }</pre>
 *
 * <p>Start with {@link dev.penstock.testkit.TestShard}. No class here needs a test framework.
 */
@NullMarked
package dev.penstock.testkit;

import org.jspecify.annotations.NullMarked;
