package dev.penstock.cache.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a connection takes commands: the client library tells that it stands a moment before, and refuses them in
 * between. Static; any thread; nothing here blocks.
 */
final class Activation {

    private static final int MOST_LOOKS = 1_000;

    private Activation() {}

    static <C extends StatefulConnection<?, ?>> CompletionStage<C> of(C connection, ClientResources resources) {
        CompletableFuture<C> active = new CompletableFuture<>();
        look(connection, resources, active, 0);
        return active;
    }

    private static <C extends StatefulConnection<?, ?>> void look(C connection, ClientResources resources,
            CompletableFuture<C> active, int looks) {
        if (connection.isOpen()) {
            active.complete(connection);
        } else if (looks == MOST_LOOKS) {
            connection.closeAsync();
            active.completeExceptionally(new RedisConnectionException("the connection ended at once"));
        } else {
            resources.eventExecutorGroup().schedule(() -> look(connection, resources, active, looks + 1), 1,
                    TimeUnit.MILLISECONDS);
        }
    }
}
