package dev.penstock.bench.jcstress.server;

import dev.penstock.core.port.Metrics;
import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.exchange.ConnectionGate;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A connection ends while another one comes: what is counted in the end is what is open. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it came after the end")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "it came before")
@State
public class ConnectionOrEndStress {

    private final ConnectionGate gate = new ConnectionGate(1, 0, AddressRanges.NONE, 0, Metrics.NONE);
    private final Channel one = new EmbeddedChannel();
    private final Channel other = new EmbeddedChannel();

    /** The first one is open. */
    public ConnectionOrEndStress() {
        gate.admit(one);
    }

    /** The loop of the first one. */
    @Actor
    public void ends() {
        one.close();
    }

    /** Another loop. */
    @Actor
    public void comes(II_Result result) {
        result.r1 = gate.admit(other) ? 1 : 0;
    }

    /** When both are done. */
    @Arbiter
    public void end(II_Result result) {
        result.r2 = gate.open();
    }
}
