package dev.penstock.cache.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The master that Sentinels name, asked anew for each connection. */
final class SentinelRedis implements RedisConnector {

    private final String master;
    private final List<RedisURI> sentinels;
    private final Function<RedisUrl.Node, RedisURI> server;
    private final SingleRedis single;
    private final AtomicInteger answersFirst = new AtomicInteger();

    /**
     * Masters of Sentinels.
     *
     * @param master its name
     * @param sentinels where the Sentinels are
     * @param server how a server is connected to, by its address
     * @param single makes connections
     */
    SentinelRedis(String master, List<RedisURI> sentinels, Function<RedisUrl.Node, RedisURI> server,
            SingleRedis single) {
        this.master = master;
        this.sentinels = sentinels;
        this.server = server;
        this.single = single;
    }

    @Override
    public CompletionStage<Connected> connect(Watcher watcher) {
        return ask(answersFirst.get(), sentinels.size(), null)
                .thenCompose(address -> single.connect(server.apply(node(address)), watcher));
    }

    private static RedisUrl.Node node(SocketAddress address) {
        if (address instanceof InetSocketAddress master) {
            return new RedisUrl.Node(master.getHostString(), master.getPort());
        }
        throw new RedisConnectionException("a Sentinel named a master that cannot be reached over a network");
    }

    /** One Sentinel after the other, beginning with who answered last. */
    private CompletionStage<SocketAddress> ask(int index, int left, @Nullable Throwable reason) {
        if (left == 0) {
            RedisFailure last = RedisFailure.of(Objects.requireNonNull(reason));
            return CompletableFuture.failedFuture(new RedisFailure(last.kind(), "no Sentinel names the master "
                    + master + ": " + last.getMessage()));
        }
        return ask(sentinels.get(index)).thenApply(address -> {
            answersFirst.set(index);
            return address;
        }).exceptionallyCompose(error -> ask((index + 1) % sentinels.size(), left - 1, error));
    }

    private CompletionStage<SocketAddress> ask(RedisURI sentinel) {
        return single.client().connectSentinelAsync(StringCodec.UTF8, sentinel).thenCompose(connection ->
                address(connection, sentinel).whenComplete((address, error) -> connection.closeAsync()));
    }

    private CompletionStage<SocketAddress> address(StatefulRedisSentinelConnection<String, String> connection,
            RedisURI sentinel) {
        return connection.async().getMasterAddrByName(master).thenApply(address -> {
            if (address == null) {
                throw new RedisConnectionException("the Sentinel at " + sentinel.getHost() + ':' + sentinel.getPort()
                        + " does not know it");
            }
            return address;
        });
    }

    @Override
    public CompletionStage<Void> close() {
        return single.close();
    }
}
