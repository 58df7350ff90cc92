package dev.penstock.cache.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A Redis Cluster. The client library keeps a connection to each node that is needed, finds out where slots are, and
 * mends what is lost; here is noticed what that means for those who keep something there.
 */
final class ClusterRedis implements RedisConnector {

    private static final long PATIENCE_SECONDS = 2;

    private final RedisClusterClient client;
    private final ClientResources resources;
    private final Map<RedisChannelHandler<?, ?>, SocketAddress> standing = new ConcurrentHashMap<>();
    private final Map<RedisChannelHandler<?, ?>, SocketAddress> lost = new ConcurrentHashMap<>();
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile @Nullable Disposable changes;

    ClusterRedis(List<RedisURI> nodes, ClientResources resources, ClusterClientOptions options) {
        this.resources = resources;
        client = RedisClusterClient.create(resources, nodes);
        client.setOptions(options);
    }

    @Override
    public CompletionStage<Connected> connect(Watcher watcher) {
        if (watched.compareAndSet(false, true)) {
            client.addListener(new Nodes(watcher));
        }
        return client.refreshPartitionsAsync().thenCompose(known -> client.connectAsync(StringCodec.UTF8))
                .thenCompose(connection -> toMasters(connection).thenApply(all -> {
                    changes = resources.eventBus().get().ofType(ClusterTopologyChangedEvent.class)
                            .subscribe(change -> changed(connection, change, watcher));
                    return new Connected(connection, connection.async(),
                            "the Cluster of " + words(client.getPartitions()), this::up);
                }));
    }

    /** So that their first commands do not come before their connections. One that is away is none's matter yet. */
    private CompletionStage<Void> toMasters(StatefulRedisClusterConnection<String, String> connection) {
        return CompletableFuture.allOf(client.getPartitions().stream().filter(ClusterRedis::isMaster)
                .map(node -> connection.getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
                        .thenCompose(made -> Activation.of(made, resources)).handle((made, error) -> made))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** A failover makes a replica the master of slots: what it had not received yet is gone. */
    private void changed(StatefulRedisClusterConnection<String, String> connection,
            ClusterTopologyChangedEvent change, Watcher watcher) {
        if (!masters(change.before()).equals(masters(change.after()))) {
            toMasters(connection).thenRun(() ->
                    watcher.partChanged("masters of the Cluster are now " + words(change.after())));
        }
    }

    /** One that has failed stays a master by name, without slots. */
    private static boolean isMaster(RedisClusterNode node) {
        return node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.getSlots().isEmpty();
    }

    private static Map<String, Integer> masters(Collection<RedisClusterNode> nodes) {
        return nodes.stream().filter(ClusterRedis::isMaster)
                .collect(Collectors.toMap(RedisClusterNode::getNodeId, node -> node.getSlots().size()));
    }

    private static String words(Collection<RedisClusterNode> nodes) {
        return nodes.stream().filter(ClusterRedis::isMaster)
                .map(node -> node.getUri().getHost() + ':' + node.getUri().getPort()).sorted()
                .collect(Collectors.joining(", "));
    }

    /** Whether no master is known to be away; one that was not needed yet was not looked at. */
    private boolean up() {
        lost.keySet().removeIf(RedisChannelHandler::isClosed);
        return lost.isEmpty() || client.getPartitions().stream().noneMatch(node -> isMaster(node)
                && lost.values().stream().anyMatch(address -> isAt(node, address)));
    }

    private static boolean isAt(RedisClusterNode node, SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == node.getUri().getPort()
                && (inet.getHostString().equals(node.getUri().getHost()) || (inet.getAddress() != null
                        && inet.getAddress().getHostAddress().equals(node.getUri().getHost())));
    }

    @Override
    public CompletionStage<Void> close() {
        Disposable subscribed = changes;
        if (subscribed != null) {
            subscribed.dispose();
        }
        return client.shutdownAsync(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Connections to nodes; also those by which is asked from time to time where slots are, which end on purpose. */
    private final class Nodes implements RedisConnectionStateListener {

        private final Watcher watcher;

        Nodes(Watcher watcher) {
            this.watcher = watcher;
        }

        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
            standing.put(connection, address);
            if (lost.remove(connection) != null) {
                watcher.partChanged("connected again to " + address);
            }
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            SocketAddress address = standing.remove(connection);
            if (address != null && !connection.isClosed()) {
                lost.put(connection, address);
                watcher.partLost("the connection to " + address);
            }
        }
    }
}
