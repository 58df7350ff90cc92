/**
 * What a test of a router needs, and nothing of a network: a fleet made of words, a clock moved by hand, figures in
 * arrays, a mailbox that the test itself serves, and the real routing engine behind them.
 *
 * <pre>{@code
 * RoutingFixture fixture = RoutingFixture.of(new MyProvider());
 * fixture.fleet().add("p1", "p2");
 * fixture.figures().inFlight(fixture.pod("p1"), 3);
 * assertThat(fixture.route("my-strategy").pod()).isEqualTo("p2");
 * }</pre>
 */
@NullMarked
package dev.penstock.core.testing;

import org.jspecify.annotations.NullMarked;
