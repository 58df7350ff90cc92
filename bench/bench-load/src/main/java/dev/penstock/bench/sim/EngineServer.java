package dev.penstock.bench.sim;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The port of one engine: listens, stops listening, dies and comes back on the same port. Confined to the engine's
 * event loop, where its connections live too.
 */
final class EngineServer {
    private static final long SWEEP_MILLIS = 100;

    private final EngineCore engine;
    private final Class<? extends ServerChannel> channelType;
    private final Set<Connection> connections = Collections.newSetFromMap(new IdentityHashMap<>());
    private final @Nullable InstantAnswer instant;
    private volatile int port;
    private @Nullable Channel listener;
    private @Nullable CompletableFuture<Void> binding;
    private int stops;
    private @Nullable Future<?> sweep;
    private boolean closed;

    /** A connection, as its server sees it. */
    interface Connection {
        /** Returns whether nothing has happened since then, between two requests. */
        boolean idleSince(long nanos);

        /** Ends the connection, with a reset or in good order. */
        void close(boolean reset);
    }

    EngineServer(EngineCore engine, Class<? extends ServerChannel> channelType, int port) {
        this.engine = engine;
        this.channelType = channelType;
        this.port = port;
        InstantReply reply = engine.settings().instant();
        this.instant = reply == null ? null : new InstantAnswer(engine, reply);
    }

    /** Returns the port, the same after every comeback. Any thread. */
    int port() {
        return port;
    }

    /** Begins to listen, unless it does; the future fails if the port is taken. */
    CompletableFuture<Void> listen() {
        if (binding != null) {
            return binding.thenCompose(bound -> listen());
        }
        CompletableFuture<Void> listening = new CompletableFuture<>();
        if (listener != null || closed) {
            listening.complete(null);
            return listening;
        }
        binding = listening;
        int stopsBefore = stops;
        new ServerBootstrap().group(engine.loop())
                .channel(channelType)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(new InetSocketAddress(engine.settings().http().host(), port))
                .addListener((ChannelFuture bound) -> {
                    binding = null;
                    if (!bound.isSuccess()) {
                        listening.completeExceptionally(bound.cause());
                        return;
                    }
                    if (stops == stopsBefore) {
                        listening(bound.channel());
                        listening.complete(null);
                    } else {
                        // Told to stop while it was about to listen.
                        bound.channel().close().addListener(stopped -> listening.complete(null));
                    }
                });
        return listening;
    }

    private void listening(Channel channel) {
        listener = channel;
        port = ((InetSocketAddress) channel.localAddress()).getPort();
        if (sweep == null && !engine.settings().http().keepAlive().isZero()) {
            sweep = engine.loop().scheduleWithFixedDelay(this::closeIdle, SWEEP_MILLIS, SWEEP_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void accept(Channel channel) {
        engine.counters().accepted().increment();
        if (instant == null) {
            channel.pipeline().addLast(new ConnectionHandler(engine, this));
        } else {
            channel.pipeline().addLast(new InstantHandler(engine, this, instant));
        }
    }

    void opened(Connection connection) {
        if (connections.add(connection)) {
            engine.counters().connections().increment();
        }
    }

    void closed(Connection connection) {
        if (connections.remove(connection)) {
            engine.counters().connections().decrement();
        }
    }

    /** Says that another handler serves a connection now; for the counters it is the same connection. */
    void replaced(Connection before, Connection after) {
        connections.remove(before);
        connections.add(after);
    }

    /** Returns the fixed answer of this engine, or null if it simulates. */
    @Nullable InstantAnswer instant() {
        return instant;
    }

    /** Stops listening; open connections live on. The future completes when the port is closed. */
    CompletableFuture<Void> stopListening() {
        stops++;
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Channel listening = listener;
        listener = null;
        if (listening == null) {
            stopped.complete(null);
        } else {
            listening.close().addListener(done -> stopped.complete(null));
        }
        return stopped;
    }

    /** Stops listening and ends all connections. */
    CompletableFuture<Void> stop(boolean reset) {
        CompletableFuture<Void> stopped = stopListening();
        List.copyOf(connections).forEach(connection -> connection.close(reset));
        return stopped;
    }

    /** Ends all connections in good order and listens on. */
    void closeConnections() {
        List.copyOf(connections).forEach(connection -> connection.close(false));
    }

    /** Ends, in good order, those that are between two requests now. */
    void closeIdleConnections() {
        closeIdleSince(System.nanoTime());
    }

    /** Refuses connections for so long. */
    void refuse(Duration outage) {
        comeBack(stopListening(), outage);
    }

    /** Resets everything and refuses connections for so long. */
    void die(Duration outage) {
        comeBack(stop(true), outage);
    }

    /** Stops for good. */
    CompletableFuture<Void> close() {
        if (closed) {
            return CompletableFuture.completedFuture(null);
        }
        closed = true;
        if (sweep != null) {
            sweep.cancel(false);
        }
        CompletableFuture<Void> stopped = stop(false);
        if (instant != null) {
            instant.release();
        }
        return stopped;
    }

    private void comeBack(CompletableFuture<Void> stopped, Duration outage) {
        int thisStop = stops;
        stopped.thenRun(() -> engine.loop().schedule(() -> {
            // The last outage counts: an earlier one that ends meanwhile does not end it.
            if (stops == thisStop) {
                listen();
            }
        }, outage.toNanos(), TimeUnit.NANOSECONDS));
    }

    private void closeIdle() {
        closeIdleSince(System.nanoTime() - engine.settings().http().keepAlive().toNanos());
    }

    private void closeIdleSince(long limit) {
        for (Connection connection : List.copyOf(connections)) {
            if (connection.idleSince(limit)) {
                connection.close(false);
            }
        }
    }
}
