package dev.penstock.cache.redis;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The connection of this process to Redis, shared by all that is kept there. It is made behind the scenes, for as long
 * as it takes, and mends itself. Any thread; nothing here waits.
 *
 * <p>A command is sent at most once: one that was on its way when the connection was lost fails, for nobody knows
 * whether it was carried out. While there is no connection, commands fail at once. What fails is counted and said here;
 * who has asked only decides how to go on.
 *
 * <p>What others write may be of any size, and an answer is read as a whole: read it with {@link #text}.
 */
public final class Redis implements AutoCloseable {

    private static final RedisFailure NOT_CONNECTED =
            new RedisFailure(RedisFailure.Kind.AWAY, "there is no connection");

    private final String replica;
    private final RedisTroubles troubles;
    private final RedisLink link;

    private Redis(RedisSettings settings, NanoClock clock, Metrics metrics) {
        replica = settings.replica().isEmpty() ? madeUp(System.getenv()) : settings.replica();
        troubles = new RedisTroubles(metrics, clock);
        link = new RedisLink(settings, clientName(replica), clock, troubles);
        metrics.gauge("penstock_redis_up", "Whether there is a connection to Redis: 1 or 0.", () -> up() ? 1 : 0);
        metrics.gauge("penstock_redis_connections_total", "Connections to Redis that came to stand, or lead elsewhere"
                + " since.", this::connections);
    }

    /**
     * Begins to connect to the Redis of some settings; returns at once.
     *
     * @throws InvalidSettingsException if {@link RedisSettings#problems} has some
     */
    public static Redis open(RedisSettings settings, NanoClock clock, Metrics metrics) {
        List<String> problems = settings.problems();
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        Redis redis = new Redis(settings, clock, metrics);
        redis.link.open();
        return redis;
    }

    static String madeUp(Map<String, String> environment) {
        String pod = environment.getOrDefault("POD_NAME", "");
        return pod.isEmpty() ? environment.getOrDefault("HOSTNAME", "penstock") + '-'
                + UUID.randomUUID().toString().substring(0, 8) : pod;
    }

    /** Redis takes no spaces there. */
    private static String clientName(String replica) {
        return "penstock:" + replica.replaceAll("[^\\x21-\\x7e]", "_");
    }

    /** Name of this process among those that share the Redis. */
    public String replica() {
        return replica;
    }

    /** Whether there is a connection now, as far as is known; to a Cluster: to each master that was needed so far. */
    public boolean up() {
        return link.up();
    }

    /**
     * How many connections have come to stand so far, among them those to single nodes of a Cluster that were lost, and
     * how often a replica became a master there. When it has grown, Redis may be another one, or have lost what was
     * kept there.
     */
    public long connections() {
        return link.connections();
    }

    /**
     * Sends a command. Its keys are of one slot, except for commands that the client library splits by slots, each part
     * on its own: {@code MGET}, {@code MSET}, {@code DEL}, {@code UNLINK}, {@code EXISTS}, {@code TOUCH}. A
     * {@code SCAN} goes over all nodes; see {@link KeySearch}.
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
     * Reads what somebody else has written, as far as it is of a size that can be expected: more is never transferred.
     *
     * @param use what for, as in {@link #call}
     * @param mostBytes the longest value that is of use
     * @return the value, empty if there is none; or a {@link RedisFailure}, of kind CONTENT if it is longer
     */
    public CompletionStage<String> text(String use, String key, int mostBytes) {
        return told(use, sent(commands -> commands.getrange(key, 0, mostBytes)).thenCompose(value ->
                value.length() <= mostBytes && value.getBytes(StandardCharsets.UTF_8).length <= mostBytes
                        ? CompletableFuture.completedFuture(value)
                        : CompletableFuture.failedFuture(new RedisFailure(RedisFailure.Kind.CONTENT,
                                key + ": more than " + mostBytes + " bytes"))));
    }

    /**
     * Counts and says that what is kept in Redis is of no use.
     *
     * @param use what for, as in {@link #call}
     * @param what a sentence that names the key; no secrets
     * @return the same as a failure, for those who wait for an answer
     */
    public RedisFailure unexpected(String use, String what) {
        RedisFailure failure = new RedisFailure(RedisFailure.Kind.CONTENT, what);
        troubles.tell(use, failure);
        return failure;
    }

    private <T> CompletionStage<T> sent(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        RedisConnector.Connected now = link.connected();
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
        CompletableFuture<T> told = new CompletableFuture<>();
        answer.whenComplete((value, error) -> {
            if (error == null) {
                link.answered();
                told.complete(value);
                return;
            }
            RedisFailure failure = RedisFailure.of(error);
            troubles.tell(use, failure);
            link.failed(failure);
            told.completeExceptionally(failure);
        });
        return told;
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Ends the connection; what is on its way fails. Waits for its threads, a few seconds at most. */
    @Override
    public void close() {
        link.close();
    }
}
