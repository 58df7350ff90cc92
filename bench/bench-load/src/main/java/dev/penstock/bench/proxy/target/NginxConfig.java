package dev.penstock.bench.proxy.target;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.load.Wire;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How nginx is set up: one worker, round robin, connections kept on both sides, nothing logged, streams unbuffered. */
final class NginxConfig {
    private static final String TEMPLATE = """
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile {descriptors};
            {user}error_log stderr warn;
            pid nginx.pid;
            events {
                worker_connections {descriptors};
            }
            http {
                access_log off;
                server_tokens off;
                keepalive_timeout 300s;
                keepalive_requests 1000000000;
                client_body_buffer_size {body-buffer};
                client_max_body_size 64m;
                client_body_temp_path nginx-body;
                proxy_temp_path nginx-proxy;
                fastcgi_temp_path nginx-fastcgi;
                uwsgi_temp_path nginx-uwsgi;
                scgi_temp_path nginx-scgi;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_read_timeout 300s;
            """;
    private static final String UPSTREAM = """
                upstream engines-{group} {
            {engines}
                    keepalive {idle};
                    keepalive_requests 1000000000;
                    keepalive_timeout {timeout};
                }
            """;
    private static final String SERVER = """
                server {
                    listen 127.0.0.1:{port}{options} backlog=4096;
            {tls}        location / {
            {stream}            proxy_pass http://engines-{group};
                    }
                }
            """;
    /** Tickets are off: each handshake is a whole one, as it is through the other proxies. */
    private static final String TLS = """
                    ssl_certificate {certificate};
                    ssl_certificate_key {key};
                    ssl_protocols TLSv1.3;
                    ssl_session_tickets off;
            """;
    private static final int LEAST_DESCRIPTORS = 1_024;

    private NginxConfig() {
    }

    /**
     * The text of nginx.conf.
     *
     * @param ports where nginx listens
     * @param engines where the engines listen
     * @param connections most connections at once
     * @param certificate for those ways that want one, else null
     * @param root whether nginx starts as root: then its worker stays root, as the folder is closed to others
     */
    static String render(ProxyPorts ports, EnginePorts engines, int connections, @Nullable Certificate certificate,
            boolean root) {
        StringBuilder config = new StringBuilder(TEMPLATE
                .replace("{descriptors}", Integer.toString(Math.max(LEAST_DESCRIPTORS, 4 * connections)))
                // Larger bodies would go through a file.
                .replace("{body-buffer}", engines.running().contains(EngineGroup.LONG) ? "256k" : "64k")
                .replace("{user}", root ? "user root root;\n" : ""));
        for (EngineGroup group : engines.running()) {
            config.append(UPSTREAM.replace("{group}", group.id())
                    .replace("{engines}", servers(engines.of(group)))
                    .replace("{idle}", Integer.toString(2 * Math.max(connections, group.closesIdle() ? group.count()
                            : 0)))
                    // Shorter than the engines', as anyone sets it up who has seen the race.
                    .replace("{timeout}", group.closesIdle() ? "4s" : "300s"));
        }
        ports.lanes().forEach((lane, port) -> config.append(server(lane, port, certificate)));
        return config.append("}\n").toString();
    }

    private static String server(Lane lane, int port, @Nullable Certificate certificate) {
        String tls = certificate == null ? "" : TLS.replace("{certificate}", certificate.certificate().toString())
                .replace("{key}", certificate.key().toString());
        return SERVER.replace("{port}", Integer.toString(port))
                .replace("{options}", switch (lane.wire()) {
                    case PLAIN -> "";
                    case TLS -> " ssl";
                    case H2C -> " http2";
                })
                .replace("{tls}", lane.wire() == Wire.TLS ? tls : "")
                .replace("{stream}", lane.engines().streaming() ? "            proxy_buffering off;\n" : "")
                .replace("{group}", lane.engines().id());
    }

    private static String servers(List<Integer> ports) {
        return ports.stream()
                .map(port -> "        server 127.0.0.1:" + port + ";")
                .collect(Collectors.joining("\n"));
    }
}
