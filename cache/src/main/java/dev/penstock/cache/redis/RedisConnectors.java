package dev.penstock.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;

/** Says by the settings how connections are made. Immutable. */
final class RedisConnectors {

    /** Commands that may be on their way at once over a connection; memory that a Redis that hangs may cost. */
    static final int LONGEST_QUEUE = 10_000;

    private static final int MOST_REDIRECTS = 5;
    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration REFRESH_AT_MOST = Duration.ofSeconds(2);

    private final RedisSettings settings;
    private final RedisUrl url;
    private final String name;
    private final Duration timeout;

    private RedisConnectors(RedisSettings settings, RedisUrl url, String name) {
        this.settings = settings;
        this.url = url;
        this.name = name;
        timeout = Duration.ofNanos(settings.timeoutNanos());
    }

    /**
     * Who connects to a Redis.
     *
     * @param name by which Redis shows our connections to a person
     */
    static RedisConnector of(RedisSettings settings, RedisUrl url, String name, ClientResources resources) {
        RedisConnectors of = new RedisConnectors(settings, url, name);
        return switch (url.mode()) {
            case SINGLE -> new SingleRedis(of.server(url.nodes().getFirst()), resources, of.options());
            case SENTINEL -> new SentinelRedis(url.master(), of.sentinels(), of::server,
                    new SingleRedis(of.server(url.nodes().getFirst()), resources, of.options()));
            case CLUSTER -> new ClusterRedis(url.nodes().stream().map(of::server).toList(), resources,
                    of.clusterOptions());
        };
    }

    private List<RedisURI> sentinels() {
        return url.nodes().stream().map(node -> uri(node, settings.sentinelLogin()).build()).toList();
    }

    private RedisURI server(RedisUrl.Node node) {
        return uri(node, settings.login()).withDatabase(url.database()).build();
    }

    private RedisURI.Builder uri(RedisUrl.Node node, RedisLogin login) {
        RedisURI.Builder uri = RedisURI.Builder.redis(node.host(), node.port()).withTimeout(timeout)
                .withClientName(name).withSsl(url.tls())
                .withVerifyPeer(settings.tls().verifyHostname() ? SslVerifyMode.FULL : SslVerifyMode.CA);
        var credentials = login.credentials();
        return credentials == null ? uri : uri.withAuthentication(credentials);
    }

    /** A connection ends where it is lost; another one is made by us, to where Redis is by then. */
    private ClientOptions options() {
        ClientOptions.Builder options = ClientOptions.builder();
        common(options);
        return options.autoReconnect(false).build();
    }

    /** The client library mends connections to the nodes of a Cluster, and replays nothing. */
    private ClusterClientOptions clusterOptions() {
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        common(options);
        options.autoReconnect(true).replayFilter(command -> true);
        return options.maxRedirects(MOST_REDIRECTS)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder().enablePeriodicRefresh(REFRESH)
                        .adaptiveRefreshTriggersTimeout(REFRESH_AT_MOST).build())
                .build();
    }

    private void common(ClientOptions.Builder options) {
        options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(LONGEST_QUEUE)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .socketOptions(SocketOptions.builder().connectTimeout(timeout).keepAlive(true).build())
                // A command more that an ACL would have to allow, for what a single vendor's service tells.
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .sslOptions(settings.tls().options());
    }
}
