package dev.penstock.bench.proxy.target;

import java.util.List;
import java.util.stream.Collectors;

/** How nginx is set up: one worker, connections kept alive on both sides, nothing logged, nothing written to disk. */
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
                client_body_buffer_size 64k;
                client_max_body_size 64m;
                client_body_temp_path nginx-body;
                proxy_temp_path nginx-proxy;
                fastcgi_temp_path nginx-fastcgi;
                uwsgi_temp_path nginx-uwsgi;
                scgi_temp_path nginx-scgi;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_read_timeout 300s;
                upstream engines-json {
            {json-engines}
                    keepalive {idle};
                    keepalive_requests 1000000000;
                    keepalive_timeout 300s;
                }
                upstream engines-sse {
            {sse-engines}
                    keepalive {idle};
                    keepalive_requests 1000000000;
                    keepalive_timeout 300s;
                }
                server {
                    listen 127.0.0.1:{json} backlog=4096;
                    location / {
                        proxy_pass http://engines-json;
                    }
                }
                server {
                    listen 127.0.0.1:{sse} backlog=4096;
                    location / {
                        proxy_buffering off;
                        proxy_pass http://engines-sse;
                    }
                }
            }
            """;

    private NginxConfig() {
    }

    /**
     * The text of nginx.conf.
     *
     * @param ports where nginx listens
     * @param engines where the engines listen
     * @param connections most connections at once
     * @param root whether nginx starts as root: then its worker stays root, as the folder is closed to others
     */
    static String render(ProxyPorts ports, EnginePorts engines, int connections, boolean root) {
        return TEMPLATE.replace("{descriptors}", Integer.toString(Math.max(1_024, 4 * connections)))
                .replace("{user}", root ? "user root root;\n" : "")
                .replace("{json-engines}", servers(engines.json()))
                .replace("{sse-engines}", servers(engines.sse()))
                .replace("{idle}", Integer.toString(2 * connections))
                .replace("{json}", Integer.toString(ports.json()))
                .replace("{sse}", Integer.toString(ports.sse()));
    }

    private static String servers(List<Integer> ports) {
        return ports.stream()
                .map(port -> "        server 127.0.0.1:" + port + ";")
                .collect(Collectors.joining("\n"));
    }
}
