package dev.penstock.cache.redis;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection of this process to Redis, shared by all that is kept there. It is made behind the scenes, for as long
 * as it takes, and mends itself. Any thread; nothing here waits.
 *
 * <p>A command is sent at most once: one that was on its way when the connection was lost fails, for nobody knows
 * whether it was carried out. While there is no connection, commands fail at once. What fails is counted and said here;
 * who has asked only decides how to go on.
 */
public final class Redis implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Redis.class.getName());
    private static final int LONGEST_QUEUE = 10_000;
    private static final long LONGEST_REST_MILLIS = 5_000;
    private static final RedisFailure NOT_CONNECTED =
            new RedisFailure(RedisFailure.Kind.AWAY, "there is no connection");

    private final String replica;
    private final RedisTroubles troubles;
    private final ClientResources resources;
    private final RedisConnector connector;
    private final AtomicLong connections = new AtomicLong();
    private volatile RedisConnector.@Nullable Connected connected;
    private volatile boolean closed;

    private Redis(RedisSettings settings, NanoClock clock, Metrics metrics) {
        replica = settings.replica().isEmpty() ? madeUp() : settings.replica();
        troubles = new RedisTroubles(metrics, clock);
        resources = DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2)
                .threadFactoryProvider(pool -> threads()).build();
        connector = new SingleRedis(uri(settings), resources, options(settings), new Listener());
        metrics.gauge("penstock_redis_up", "Whether there is a connection to Redis: 1 or 0.", () -> up() ? 1 : 0);
        metrics.gauge("penstock_redis_connections_total", "Connections to Redis that came to stand.",
                connections::get);
    }

    /** Begins to connect to the Redis of some settings; returns at once. */
    public static Redis open(RedisSettings settings, NanoClock clock, Metrics metrics) {
        Redis redis = new Redis(settings, clock, metrics);
        redis.connect(0);
        return redis;
    }

    private static RedisURI uri(RedisSettings settings) {
        RedisURI uri = RedisURI.create(settings.url());
        uri.setTimeout(Duration.ofNanos(settings.timeoutNanos()));
        return uri;
    }

    private static ClientOptions options(RedisSettings settings) {
        return ClientOptions.builder()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(LONGEST_QUEUE)
                .timeoutOptions(TimeoutOptions.enabled(Duration.ofNanos(settings.timeoutNanos())))
                .build();
    }

    private static ThreadFactory threads() {
        return task -> {
            Thread thread = new Thread(task, "lb-redis");
            thread.setDaemon(true);
            return thread;
        };
    }

    private static String madeUp() {
        String pod = System.getenv().getOrDefault("POD_NAME", System.getenv().getOrDefault("HOSTNAME", "penstock"));
        return pod + '-' + UUID.randomUUID().toString().substring(0, 8);
    }

    private void connect(int failed) {
        if (closed) {
            return;
        }
        connector.connect().whenComplete((made, error) -> {
            if (made != null) {
                connected = made;
                return;
            }
            if (!closed) {
                troubles.tell("connection", RedisFailure.of(error));
                long rest = Math.min(LONGEST_REST_MILLIS, 100L << Math.min(failed, 10));
                resources.eventExecutorGroup().schedule(() -> connect(failed + 1), rest, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Name of this process among those that share the Redis. */
    public String replica() {
        return replica;
    }

    /** Whether there is a connection now, as far as is known. */
    public boolean up() {
        RedisConnector.Connected now = connected;
        return now != null && now.connection().isOpen();
    }

    /**
     * How many connections have come to stand so far. When it has grown, Redis may be another one, or have lost what
     * was kept there.
     */
    public long connections() {
        return connections.get();
    }

    /**
     * Sends a command.
     *
     * @param use what for, one short word of a fixed set: a label of metrics
     * @param command sends it; called at most once, on the caller's thread
     * @return the answer, or a {@link RedisFailure}; ended on a thread of the connection, perhaps before this returns
     */
    public <T> CompletionStage<T> call(String use,
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return told(use, sent(command));
    }

    /**
     * Runs a script.
     *
     * @param use what for, as in {@link #call}
     * @param keys all keys that it touches; of one slot
     */
    public <T> CompletionStage<T> run(String use, RedisScript script, List<String> keys, List<String> arguments) {
        String[] keyArray = keys.toArray(String[]::new);
        String[] values = arguments.toArray(String[]::new);
        CompletionStage<T> first = sent(commands ->
                commands.<T>evalsha(script.digest(), script.output(), keyArray, values));
        CompletionStage<T> answer = first.exceptionallyCompose(error -> cause(error) instanceof RedisNoScriptException
                ? sent(commands -> commands.<T>eval(script.text(), script.output(), keyArray, values))
                : CompletableFuture.failedFuture(error));
        return told(use, answer);
    }

    /**
     * Counts and says that what is kept in Redis is of no use.
     *
     * @param use what for, as in {@link #call}
     * @param what a sentence that names the key; no secrets
     */
    public void unexpected(String use, String what) {
        troubles.tell(use, new RedisFailure(RedisFailure.Kind.CONTENT, what));
    }

    private <T> CompletionStage<T> sent(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        RedisConnector.Connected now = connected;
        if (now == null) {
            return CompletableFuture.failedFuture(NOT_CONNECTED);
        }
        try {
            return command.apply(now.commands());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletionStage<T> told(String use, CompletionStage<T> answer) {
        return answer.exceptionallyCompose(error -> {
            RedisFailure failure = RedisFailure.of(error);
            troubles.tell(use, failure);
            return CompletableFuture.failedFuture(failure);
        });
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Ends the connection; what is on its way fails. Waits for its threads, a few seconds at most. */
    @Override
    public void close() {
        closed = true;
        connector.close();
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private final class Listener implements RedisConnectionStateListener {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
            connections.incrementAndGet();
            LOG.log(Level.INFO, () -> "Redis: connected to " + address);
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            LOG.log(Level.INFO, () -> "Redis: connection lost" + (closed ? ": closing" : ""));
        }
    }
}
