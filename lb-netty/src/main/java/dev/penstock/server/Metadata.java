package dev.penstock.server;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Users;
import dev.penstock.server.admin.AdminPage;
import dev.penstock.server.admin.AdminPages;
import dev.penstock.server.admin.AdminServer;
import dev.penstock.server.admin.AdminSite;
import dev.penstock.server.admin.Readiness;
import dev.penstock.server.config.MetadataSettings;
import dev.penstock.server.config.PoolSpec;
import dev.penstock.server.metadata.MetadataSite;
import dev.penstock.server.metrics.JvmMetrics;
import dev.penstock.server.metrics.PrometheusMetrics;
import io.netty.util.internal.PlatformDependent;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A running metadata service: models, pods and users over HTTP. It has a cache and one port; none of what a load
 * balancer needs for traffic is made. Any thread.
 */
public final class Metadata implements AutoCloseable {

    private static final String SHUTTING_DOWN = "shutting down";

    private final @Nullable Redis redis;
    private final FleetCache cache;
    private final AdminServer server;
    private final Readiness readiness = new Readiness(List.of());

    private Metadata(Penstock.Parts parts, Configuration configuration) {
        MetadataSettings settings = MetadataSettings.from(configuration.settings());
        InetSocketAddress address = TrafficServer.address(settings.host(), settings.port(),
                MetadataSettings.PORT.name());
        PrometheusMetrics metrics = new PrometheusMetrics();
        JvmMetrics.register(metrics, PlatformDependent::usedDirectMemory);
        Set<String> pools = configuration.file().pools().stream().map(PoolSpec::name).collect(Collectors.toSet());
        Undo undo = new Undo();
        RedisSettings where = RedisSettings.from(configuration.settings());
        try {
            redis = where.enabled() && settings.usersFile().isEmpty()
                    ? undo.add(Redis.open(where, NanoClock.SYSTEM, metrics)) : null;
            Users users = ConfiguredLimits.users(parts.sources().folder(), settings.usersFile(), redis);
            cache = undo.add(ConfiguredFleet.startCache(parts, configuration, CacheRole.METADATA, builder ->
                    builder.pools(() -> pools).metrics(metrics)));
            readiness.until(cache::awaited);
            registerGauges(metrics);
            server = new AdminServer(address, new MetadataSite(AdminSite.of(pages(configuration, metrics)), cache,
                    users));
        } catch (UncheckedIOException e) {
            undo.run();
            throw TrafficServer.cannotListen(address, MetadataSettings.PORT.name(),
                    Objects.requireNonNullElse(e.getCause(), e));
        } catch (RuntimeException e) {
            undo.run();
            throw e;
        }
    }

    static Metadata start(Penstock.Parts parts) {
        Configuration configuration = Configuration.read(parts.sources());
        // Says what is wrong with it, before anything is started.
        ConfiguredFleet.read(parts, configuration);
        return new Metadata(parts, configuration);
    }

    private Map<String, AdminPage> pages(Configuration configuration, PrometheusMetrics metrics) {
        Map<String, AdminPage> pages = new LinkedHashMap<>();
        pages.put("/healthz", AdminPages.health());
        pages.put("/readyz", AdminPages.readiness(readiness));
        pages.put("/metrics", AdminPages.metrics(metrics));
        pages.put("/admin/config", AdminPages.config(configuration::settings, List::of));
        return pages;
    }

    private void registerGauges(PrometheusMetrics metrics) {
        metrics.gauge("penstock_snapshot_version", "Version of the fleet.", () -> cache.current().version());
        metrics.gauge("penstock_snapshot_age_seconds", "Since when the fleet is as it is.",
                () -> cache.state().ageNanos() / 1e9);
        metrics.gauge("penstock_discovery_age_seconds", "When the oldest source was last found good.",
                () -> cache.state().goodAgeNanos().stream().mapToLong(Long::longValue).max().orElse(0) / 1e9);
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Says that it is not ready, answers what was asked, and ends all its threads. Further calls do nothing. */
    @Override
    public void close() {
        readiness.notBecause(SHUTTING_DOWN);
        server.close();
        cache.close();
        if (redis != null) {
            redis.close();
        }
    }
}
