package dev.penstock.server.exchange;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import dev.penstock.server.address.AddressRanges;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of clients, in all and from each address, and tells which are too many. Any thread; never
 * waits. A count goes up before it is compared and down again on overflow: together no number of loops admits more.
 */
public final class ConnectionGate {
    /** How many refused connections are told so at one time; the others are closed without a word. */
    private static final int MOST_TOLD = 64;

    private final int most;
    private final int mostOfAddress;
    private final AddressRanges exempt;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();
    private final @Nullable AddressCounts counts;
    private final Count refused;
    private final Count refusedOfAddress;
    private final Count refusedHeader;

    /**
     * A gate that nobody has passed.
     *
     * @param most connections in all; 0 for no bound
     * @param mostOfAddress connections from one address; 0 for no bound
     * @param exempt addresses from which any number may come: proxies in front, behind which there are many clients
     * @param seed makes it unpredictable which addresses are counted together
     */
    public ConnectionGate(int most, int mostOfAddress, AddressRanges exempt, long seed, Metrics metrics) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.exempt = exempt;
        this.counts = mostOfAddress > 0 ? new AddressCounts(seed) : null;
        this.refused = refused(metrics, "limit");
        this.refusedOfAddress = refused(metrics, "address");
        this.refusedHeader = refused(metrics, "proxy_protocol");
    }

    private static Count refused(Metrics metrics, String reason) {
        return metrics.counter("penstock_client_connections_refused", "Connections of clients refused, by cause.",
                "reason", reason);
    }

    /** Connections that are admitted and not closed. */
    public int open() {
        return open.get();
    }

    /** Admits a connection that was accepted, until it is closed; false if there are too many. */
    public boolean admit(Channel channel) {
        if (open.incrementAndGet() > most && most > 0) {
            open.decrementAndGet();
            refused.increment();
            return false;
        }
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }

    /** Admits an admitted connection from an address, until it is closed; false if there are too many from there. */
    public boolean admit(Channel channel, @Nullable InetAddress address) {
        AddressCounts byAddress = counts;
        if (byAddress == null || address == null || exempt.contains(address)) {
            return true;
        }
        long key = AddressCounts.key(address);
        if (byAddress.add(key) > mostOfAddress) {
            byAddress.remove(key);
            refusedOfAddress.increment();
            return false;
        }
        channel.closeFuture().addListener(closed -> byAddress.remove(key));
        return true;
    }

    /** A connection was closed because its PROXY header was malformed, did not come, or came from somebody else. */
    public void refusedHeader() {
        refusedHeader.increment();
    }

    /** Whether another refused connection may be told so; if it may, {@link #told} is due. */
    public boolean mayTell() {
        if (told.incrementAndGet() <= MOST_TOLD) {
            return true;
        }
        told.decrementAndGet();
        return false;
    }

    /** A refused connection that was told so has ended. */
    public void told() {
        told.decrementAndGet();
    }
}
