package dev.penstock.bench.jcstress.server;

import dev.penstock.core.port.Metrics;
import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.exchange.ConnectionGate;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** An address of its own, from which there may be one connection, and three that come from there. */
final class StressedAddress {

    /** One for all addresses, as in a balancer: its counters take a quarter of a megabyte. */
    private static final ConnectionGate GATE = new ConnectionGate(0, 1, AddressRanges.NONE, 7, Metrics.NONE);
    private static final AtomicInteger LAST = new AtomicInteger();

    final Channel one = new EmbeddedChannel();
    final Channel other = new EmbeddedChannel();
    private final InetAddress address;

    StressedAddress() {
        try {
            address = InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(LAST.incrementAndGet()).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** 1 if it passes, 0 if there are too many. */
    int admit(Channel connection) {
        return GATE.admit(connection, address) ? 1 : 0;
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
