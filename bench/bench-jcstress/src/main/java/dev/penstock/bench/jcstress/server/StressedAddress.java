package dev.penstock.bench.jcstress.server;

import dev.penstock.core.port.Metrics;
import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.exchange.ConnectionGate;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address from which there may be one connection, and three that come from there. */
final class StressedAddress {

    private static final byte[] ADDRESS = {10, 0, 0, 1};

    /** Of its own, although it is large: thousands of states are open together, and some would share all counters. */
    private final ConnectionGate gate = new ConnectionGate(0, 1, AddressRanges.NONE, 7, Metrics.NONE);
    final Channel one = new EmbeddedChannel();
    final Channel other = new EmbeddedChannel();
    private final InetAddress address;

    StressedAddress() {
        try {
            address = InetAddress.getByAddress(ADDRESS);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** 1 if it passes, 0 if there are too many. */
    int admit(Channel connection) {
        return gate.admit(connection, address) ? 1 : 0;
    }

    /** 1 if another one would pass. */
    int room() {
        Channel third = new EmbeddedChannel();
        int room = admit(third);
        third.close();
        return room;
    }

    /** Both are closed. */
    void end() {
        one.close();
        other.close();
    }
}
