package dev.penstock.cache.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** Makes connections to one kind of Redis, which then mend themselves. Any thread. */
interface RedisConnector extends AutoCloseable {

    /**
     * A connection.
     *
     * @param connection the connection
     * @param commands what is sent over it
     */
    record Connected(StatefulConnection<String, String> connection,
            RedisClusterAsyncCommands<String, String> commands) {}

    /** Tries once to connect. */
    CompletionStage<Connected> connect();

    @Override
    void close();
}
