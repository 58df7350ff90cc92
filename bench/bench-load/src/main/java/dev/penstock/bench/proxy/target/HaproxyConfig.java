package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.Lane;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How HAProxy is set up: one thread, connections reused always, nothing logged. By default HAProxy closes idle
 * connections to servers once a fifth of its descriptors are in use; that is lifted, or many connections would not be
 * reused.
 */
final class HaproxyConfig {
    private static final String TEMPLATE = """
            global
                nbthread 1
                maxconn {connections}
                tune.pool-low-fd-ratio 90
                tune.pool-high-fd-ratio 95
            defaults
                mode http
                timeout connect 2s
                timeout client 300s
                timeout server 300s
                timeout http-keep-alive 300s
                http-reuse always
            """;
    private static final String NO_DELAY = "    option http-no-delay\n";
    private static final int LEAST_CONNECTIONS = 1_024;

    private HaproxyConfig() {
    }

    /**
     * The text of haproxy.cfg.
     *
     * @param ports where HAProxy listens
     * @param engines where the engines listen
     * @param connections most connections at once
     * @param certificate certificate and key in one file, for those ways that want them, else null
     */
    static String render(ProxyPorts ports, EnginePorts engines, int connections, @Nullable Path certificate) {
        StringBuilder config = new StringBuilder(TEMPLATE.replace(
                "{connections}", Integer.toString(Math.max(LEAST_CONNECTIONS, 4 * connections))));
        ports.lanes().forEach((lane, port) -> frontend(config, lane, port, certificate));
        for (EngineGroup group : engines.running()) {
            config.append("backend engines-").append(group.id()).append("\n    balance roundrobin\n")
                    .append(group.streaming() ? NO_DELAY : "")
                    // Shorter than the engines', as anyone sets it up who has seen the race.
                    .append(servers(engines.of(group), group.closesIdle() ? "4s" : "300s"));
        }
        return config.toString();
    }

    private static void frontend(StringBuilder config, Lane lane, int port, @Nullable Path certificate) {
        config.append("frontend ").append(lane.id()).append("\n    bind 127.0.0.1:").append(port)
                .append(switch (lane.wire()) {
                    case PLAIN -> "";
                    case TLS -> " ssl crt " + certificate + " ssl-min-ver TLSv1.3 no-tls-tickets";
                    case H2C -> " proto h2";
                })
                .append(" backlog 4096\n")
                .append(lane.engines().streaming() ? NO_DELAY : "")
                .append("    default_backend engines-").append(lane.engines().id()).append('\n');
    }

    private static String servers(List<Integer> ports, String purge) {
        StringBuilder servers = new StringBuilder();
        for (int i = 0; i < ports.size(); i++) {
            servers.append("    server engine").append(i + 1).append(" 127.0.0.1:").append(ports.get(i))
                    .append(" pool-purge-delay ").append(purge).append('\n');
        }
        return servers.toString();
    }
}
