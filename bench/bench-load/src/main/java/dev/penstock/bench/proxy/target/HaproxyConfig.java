package dev.penstock.bench.proxy.target;

import java.util.List;

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
            frontend json
                bind 127.0.0.1:{json} backlog 4096
                default_backend engines-json
            frontend sse
                bind 127.0.0.1:{sse} backlog 4096
                option http-no-delay
                default_backend engines-sse
            backend engines-json
                balance roundrobin
            {json-engines}backend engines-sse
                balance roundrobin
                option http-no-delay
            {sse-engines}""";

    private HaproxyConfig() {
    }

    /**
     * The text of haproxy.cfg.
     *
     * @param ports where HAProxy listens
     * @param engines where the engines listen
     * @param connections most connections at once
     */
    static String render(ProxyPorts ports, EnginePorts engines, int connections) {
        return TEMPLATE.replace("{connections}", Integer.toString(Math.max(1_024, 4 * connections)))
                .replace("{json}", Integer.toString(ports.json()))
                .replace("{sse}", Integer.toString(ports.sse()))
                .replace("{json-engines}", servers(engines.json()))
                .replace("{sse-engines}", servers(engines.sse()));
    }

    private static String servers(List<Integer> ports) {
        StringBuilder servers = new StringBuilder();
        for (int i = 0; i < ports.size(); i++) {
            servers.append("    server engine").append(i + 1).append(" 127.0.0.1:").append(ports.get(i))
                    .append(" pool-purge-delay 300s\n");
        }
        return servers.toString();
    }
}
