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
import org.openjdk.jcstress.infra.results.III_Result;

/** Two loops accept at once where there is room for one: it is given to one of them. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "to the first")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "to the second")
@State
public class TwoConnectionsStress {

    private final ConnectionGate gate = new ConnectionGate(1, 0, AddressRanges.NONE, 0, Metrics.NONE);
    private final Channel one = new EmbeddedChannel();
    private final Channel other = new EmbeddedChannel();

    /** A loop. */
    @Actor
    public void one(III_Result result) {
        result.r1 = gate.admit(one) ? 1 : 0;
    }

    /** Another loop. */
    @Actor
    public void other(III_Result result) {
        result.r2 = gate.admit(other) ? 1 : 0;
    }

    /** When both have decided. */
    @Arbiter
    public void end(III_Result result) {
        result.r3 = gate.open();
    }
}
