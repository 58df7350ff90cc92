package dev.penstock.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A single Redis, or the one that Sentinels name. */
final class SingleRedis implements RedisConnector {

    private final RedisClient client;
    private final RedisURI uri;

    SingleRedis(RedisURI uri, ClientResources resources, ClientOptions options,
            RedisConnectionStateListener listener) {
        this.uri = uri;
        client = RedisClient.create(resources);
        client.setOptions(options);
        client.addListener(listener);
    }

    @Override
    public CompletionStage<Connected> connect() {
        return client.connectAsync(StringCodec.UTF8, uri)
                .thenApply(connection -> new Connected(connection, connection.async()));
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
