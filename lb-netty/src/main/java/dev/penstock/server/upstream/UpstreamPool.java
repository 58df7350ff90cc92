package dev.penstock.server.upstream;

import dev.penstock.core.port.NanoClock;
import dev.penstock.server.relay.HeadBuilder;
import dev.penstock.spi.PodView;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to all endpoints. Confined to that loop.
 *
 * <p>Keyed by slot and generation: a slot that is used for another endpoint does not inherit connections.
 */
public final class UpstreamPool {
    private static final Logger LOG = System.getLogger(UpstreamPool.class.getName());

    private final EventLoop loop;
    private final NanoClock clock;
    private final UpstreamMetrics metrics;
    private final LoopFlush flush;
    private final RequestHeadWriter heads;
    private final Bootstrap bootstrap;
    private final Supplier<EnginePools> pools;
    private final AddressResolver<InetSocketAddress> names;
    private final Set<String> unknown = new HashSet<>();
    private EnginePools lastPools;
    private @Nullable IdleConnections[] bySlot = new IdleConnections[16];
    private int idle;
    private boolean closed;

    /** An empty pool. */
    public UpstreamPool(EventLoop loop, UpstreamTransport transport, NanoClock clock, UpstreamMetrics metrics,
            LoopFlush flush, HeadBuilder heads) {
        this.loop = loop;
        this.flush = flush;
        this.heads = new RequestHeadWriter(heads);
        this.clock = clock;
        this.metrics = metrics;
        this.pools = transport.pools();
        this.lastPools = pools.get();
        this.names = transport.resolvers().getResolver(loop);
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(transport.channels().apply(loop))
                .resolver(transport.resolvers())
                .option(ChannelOption.ALLOCATOR, UpstreamTransport.ALLOCATOR)
                .option(ChannelOption.TCP_NODELAY, true)
                // The user of a connection has one deadline for everything; see UpstreamConnection.abort.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UpstreamTransport.WATER_MARK);
    }

    /** A connection to an endpoint: an idle one, else a new one, which is not ready yet. */
    public UpstreamConnection acquire(PodView endpoint, UpstreamListener listener) {
        assert loop.inEventLoop();
        EnginePools now = currentPools();
        IdleConnections connections = idleAt(endpoint);
        while (connections != null && connections.size() > 0) {
            int before = connections.size();
            Http1Connection connection = connections.pop(clock.nanoTime());
            idle -= before - connections.size();
            if (connection != null && connection.madeFor(endpoint, now)) {
                connection.lend(endpoint, listener);
                return connection;
            } else if (connection != null) {
                connection.close();
            }
        }
        return connect(endpoint, listener);
    }

    /** A new connection to an endpoint. */
    public UpstreamConnection connect(PodView endpoint, UpstreamListener listener) {
        assert loop.inEventLoop();
        EnginePools now = currentPools();
        Http1Connection connection = new Http1Connection(this, endpoint, now, listener);
        if (connection.enginePool() == EnginePool.UNKNOWN) {
            tellUnknown(endpoint);
            connection.refuse(loop);
            return connection;
        }
        ChannelFuture connecting = bootstrap.clone().handler(connection).connect(address(endpoint));
        connection.connecting(connecting);
        return connection;
    }

    /** How many connections are idle. */
    public int idle() {
        return idle;
    }

    /**
     * Closes what has been idle for too long, what was made for pools that have changed, and what leads to addresses
     * that the name of an endpoint had once.
     */
    public void sweep() {
        assert loop.inEventLoop();
        currentPools();
        long now = clock.nanoTime();
        for (IdleConnections connections : bySlot) {
            if (connections == null) {
                continue;
            }
            if (connections.size() > 0) {
                int before = connections.size();
                connections.sweep(now);
                idle -= before - connections.size();
            }
            InetSocketAddress name = connections.nameToLookUp(now);
            if (name != null) {
                lookUp(name, connections);
            }
        }
    }

    private void lookUp(InetSocketAddress name, IdleConnections connections) {
        names.resolveAll(name).addListener((Future<List<InetSocketAddress>> found) -> {
            if (found.isSuccess()) {
                int before = connections.size();
                connections.addresses(found.getNow());
                idle -= before - connections.size();
            }
            // What cannot be looked up now is where it was.
        });
    }

    /** The pools of now; where they are others than at the last look, connections made for those are closed. */
    private EnginePools currentPools() {
        EnginePools now = pools.get();
        if (now == lastPools) {
            return now;
        }
        lastPools = now;
        for (IdleConnections connections : bySlot) {
            if (connections != null) {
                int before = connections.size();
                connections.retain(connection -> connection.madeFor(connection.endpoint(), now));
                idle -= before - connections.size();
            }
        }
        return now;
    }

    private void tellUnknown(PodView endpoint) {
        String name = endpoint.annotations().getOrDefault(EnginePools.ANNOTATION, "");
        if (unknown.add(name)) {
            LOG.log(Level.WARNING, "no connection to endpoints such as " + endpoint.address() + ": their annotation "
                    + EnginePools.ANNOTATION + " names the pool " + name + ", which is not configured");
        }
    }

    /** Closes all idle connections; those in use are closed when they come back. */
    public void close() {
        assert loop.inEventLoop();
        closed = true;
        for (IdleConnections connections : bySlot) {
            if (connections != null) {
                connections.closeAll();
            }
        }
        idle = 0;
    }

    private @Nullable IdleConnections idleAt(PodView endpoint) {
        int slot = endpoint.slot();
        IdleConnections connections = slot < bySlot.length ? bySlot[slot] : null;
        return connections == null || connections.generation() != endpoint.generation() ? null : connections;
    }

    /** A connection has done its work and can do more. */
    void idle(Http1Connection connection, long idleLimitNanos) {
        assert loop.inEventLoop();
        PodView endpoint = connection.endpoint();
        int slot = endpoint.slot();
        if (slot < 0) {
            // No endpoint of the fleet: nobody would look after it.
            connection.close();
            return;
        }
        if (slot >= bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, Math.max(slot + 1, 2 * bySlot.length));
        }
        IdleConnections connections = bySlot[slot];
        if (closed || (connections != null && connections.generation() > endpoint.generation())
                || !connection.madeFor(endpoint, currentPools())) {
            connection.close();
            return;
        }
        if (connections == null || connections.generation() != endpoint.generation()) {
            if (connections != null) {
                idle -= connections.size();
                connections.closeAll();
            }
            connections = new IdleConnections(endpoint.generation(), idleLimitNanos, name(endpoint));
            bySlot[slot] = connections;
        }
        if (connections.hasLeft(connection)) {
            connection.close();
            return;
        }
        connections.idleLimit(idleLimitNanos);
        connections.push(connection);
        idle++;
    }

    /** An idle connection was closed by its pod. */
    void remove(Http1Connection connection) {
        IdleConnections connections = idleAt(connection.endpoint());
        if (connections != null) {
            int before = connections.size();
            connections.remove(connection);
            idle -= before - connections.size();
        }
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    LoopFlush flush() {
        return flush;
    }

    RequestHeadWriter heads() {
        return heads;
    }

    UpstreamMetrics metrics() {
        return metrics;
    }

    /** The address of an endpoint whose host is a name, else null. */
    private static @Nullable InetSocketAddress name(PodView endpoint) {
        InetSocketAddress address = address(endpoint);
        return address.isUnresolved() ? address : null;
    }

    private static InetSocketAddress address(PodView endpoint) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
        if (literal == null) {
            return InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), endpoint.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("host: " + endpoint.host() + " (expected: 4 or 16 bytes)", e);
        }
    }
}
