package dev.penstock.cache.redis;

import dev.penstock.core.port.NanoClock;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection to Redis standing, for as long as it takes: one attempt at a time, with longer rests between those
 * that fail. Gives up a connection over which nothing comes back any more. Any thread; only {@link #close} waits.
 */
final class RedisLink implements RedisConnector.Watcher, AutoCloseable {

    /** What for the connection itself is asked. */
    static final String USE = "connection";

    private static final Logger LOG = System.getLogger(Redis.class.getName());
    private static final long FIRST_REST_MILLIS = 50;
    private static final long LONGEST_REST_MILLIS = 5_000;
    private static final int MOST_DOUBLINGS = 7;
    private static final int LATE_ANSWERS = 2;
    private static final long READONLY_REST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long END_SECONDS = 5;

    private final RedisUrl url;
    private final NanoClock clock;
    private final RedisTroubles troubles;
    private final long silenceNanos;
    private final ClientResources resources;
    private final RedisConnector connector;
    private final AtomicReference<RedisConnector.@Nullable Connected> connected = new AtomicReference<>();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong readOnlyUntilNanos;
    private volatile long answeredNanos;
    private volatile boolean closed;

    RedisLink(RedisSettings settings, String name, NanoClock clock, RedisTroubles troubles) {
        url = RedisUrl.parse(settings.url());
        this.clock = clock;
        this.troubles = troubles;
        silenceNanos = LATE_ANSWERS * settings.timeoutNanos();
        readOnlyUntilNanos = new AtomicLong(clock.nanoTime());
        resources = DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2)
                // Names mean what they mean to everything else on this machine; asked anew for each connection.
                .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
                .threadFactoryProvider(pool -> threads()).build();
        connector = RedisConnectors.of(settings, url, name, resources);
    }

    private static ThreadFactory threads() {
        return task -> {
            Thread thread = new Thread(task, "lb-redis");
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Begins; once. */
    void open() {
        attempt(0);
    }

    private void attempt(int failed) {
        if (closed) {
            return;
        }
        begun().whenComplete((made, error) -> {
            if (made != null) {
                stands(made);
            } else if (!closed && error != null) {
                troubles.tell(USE, RedisFailure.of(error));
                again(failed + 1);
            }
        });
    }

    private CompletionStage<RedisConnector.Connected> begun() {
        try {
            return connector.connect(this);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Rests of replicas differ, so that they do not all come back in the same moment. */
    private void again(int failed) {
        long rest = Math.min(LONGEST_REST_MILLIS, FIRST_REST_MILLIS << Math.min(failed, MOST_DOUBLINGS));
        if (!closed) {
            resources.eventExecutorGroup().schedule(() -> attempt(failed),
                    rest / 2 + ThreadLocalRandom.current().nextLong(rest), TimeUnit.MILLISECONDS);
        }
    }

    private void stands(RedisConnector.Connected made) {
        answeredNanos = clock.nanoTime();
        connected.set(made);
        connections.incrementAndGet();
        LOG.log(Level.INFO, () -> "Redis: connected to " + made.where());
        if (!made.connection().isOpen()) {
            // It ended before anybody listened.
            ended(made);
        }
    }

    /** The connection, or null while there is none. */
    RedisConnector.@Nullable Connected connected() {
        return connected.get();
    }

    boolean up() {
        RedisConnector.Connected now = connected.get();
        return now != null && now.up().getAsBoolean();
    }

    long connections() {
        return connections.get();
    }

    /** Redis has answered, be it with an error. */
    void answered() {
        answeredNanos = clock.nanoTime();
    }

    /** A command has failed. Gives the connection up if another one is likely to be better. */
    void failed(RedisFailure failure) {
        switch (failure.kind()) {
            case AWAY -> { }
            case TIMEOUT -> giveUpIfSilent();
            case READONLY -> {
                answered();
                askSentinelsAgain();
            }
            default -> answered();
        }
    }

    private void giveUpIfSilent() {
        RedisConnector.Connected now = connected.get();
        // A Cluster has other nodes, which do answer, and looks for who takes the place of one that does not.
        if (now != null && url.mode() != RedisUrl.Mode.CLUSTER
                && clock.nanoTime() - answeredNanos >= silenceNanos) {
            giveUp(now, "nothing comes back from " + now.where());
        }
    }

    private void askSentinelsAgain() {
        RedisConnector.Connected now = connected.get();
        long until = readOnlyUntilNanos.get();
        long nanos = clock.nanoTime();
        if (now != null && url.mode() == RedisUrl.Mode.SENTINEL && nanos - until >= 0
                && readOnlyUntilNanos.compareAndSet(until, nanos + READONLY_REST_NANOS)) {
            giveUp(now, now.where() + " is no master any more");
        }
    }

    @Override
    public void ended(RedisConnector.Connected connection) {
        giveUp(connection, "the connection to " + connection.where() + " was lost");
    }

    private void giveUp(RedisConnector.Connected gone, String why) {
        if (connected.compareAndSet(gone, null)) {
            gone.connection().closeAsync();
            if (!closed) {
                LOG.log(Level.WARNING, () -> "Redis: " + why + ": connecting again");
                again(0);
            }
        }
    }

    @Override
    public void partLost(String what) {
        if (!closed) {
            LOG.log(Level.WARNING, () -> "Redis: lost " + what + ": connecting again");
        }
    }

    @Override
    public void partChanged(String what) {
        if (!closed) {
            connections.incrementAndGet();
            LOG.log(Level.INFO, () -> "Redis: " + what);
        }
    }

    /** Ends the connection, or the attempt at one. Waits for its threads, a few seconds at most. */
    @Override
    public void close() {
        closed = true;
        try {
            connector.close().toCompletableFuture().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "Redis: connections did not end in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resources.shutdown(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
    }
}
