package dev.penstock.cache.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Makes connections to one kind of Redis. Any thread; nothing here waits. */
interface RedisConnector {

    /**
     * A connection.
     *
     * @param connection the connection
     * @param commands what is sent over it
     * @param where whom it leads to, for a person
     * @param up whether it can be used now, as far as is known
     */
    record Connected(StatefulConnection<String, String> connection,
            RedisClusterAsyncCommands<String, String> commands, String where, BooleanSupplier up) {}

    /** Is told what becomes of connections, on a thread of theirs. */
    interface Watcher {

        /** A connection has ended and does not come back. */
        void ended(Connected connection);

        /** A part of a connection was lost, and is being mended. */
        void partLost(String what);

        /** A part of a connection is back, or is another one now: what was kept there may be gone. */
        void partChanged(String what);
    }

    /** Tries once to connect. */
    CompletionStage<Connected> connect(Watcher watcher);

    /** Ends all; what is on its way fails. */
    CompletionStage<Void> close();
}
