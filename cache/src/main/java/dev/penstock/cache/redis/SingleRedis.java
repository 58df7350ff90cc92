package dev.penstock.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A single Redis. */
final class SingleRedis implements RedisConnector {

    private static final long PATIENCE_SECONDS = 2;

    private final RedisClient client;
    private final RedisURI server;

    SingleRedis(RedisURI server, ClientResources resources, ClientOptions options) {
        this.server = server;
        client = RedisClient.create(resources);
        client.setOptions(options);
    }

    RedisClient client() {
        return client;
    }

    @Override
    public CompletionStage<Connected> connect(Watcher watcher) {
        return connect(server, watcher);
    }

    CompletionStage<Connected> connect(RedisURI to, Watcher watcher) {
        return client.connectAsync(StringCodec.UTF8, to).thenCompose(connection ->
                Activation.of(connection, client.getResources())).thenApply(connection -> {
            Connected made = new Connected(connection, connection.async(), to.getHost() + ':' + to.getPort(),
                    connection::isOpen);
            watch(connection, made, watcher);
            return made;
        });
    }

    private static void watch(StatefulRedisConnection<String, String> connection, Connected made, Watcher watcher) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> ended) {
                watcher.ended(made);
            }
        });
    }

    @Override
    public CompletionStage<Void> close() {
        return client.shutdownAsync(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
