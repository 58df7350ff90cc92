package dev.penstock.bench.proxy.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.Lane;
import dev.penstock.bench.proxy.load.LoadCase;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigTest {
    private static final ProxyPorts PORTS = new ProxyPorts(lanes(
            Map.entry(LoadCase.JSON_1K, 8001), Map.entry(LoadCase.SSE, 8002)));
    private static final EnginePorts ENGINES = new EnginePorts(Map.of(
            EngineGroup.JSON, List.of(9001, 9002), EngineGroup.STREAM, List.of(9003, 9004)));

    @Test
    void shouldSetUpNginx() {
        assertThat(NginxConfig.render(PORTS, ENGINES, 512, null, true)).isEqualTo("""
                daemon off;
                worker_processes 1;
                worker_rlimit_nofile 2048;
                user root root;
                error_log stderr warn;
                pid nginx.pid;
                events {
                    worker_connections 2048;
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
                        server 127.0.0.1:9001;
                        server 127.0.0.1:9002;
                        keepalive 1024;
                        keepalive_requests 1000000000;
                        keepalive_timeout 300s;
                    }
                    upstream engines-sse {
                        server 127.0.0.1:9003;
                        server 127.0.0.1:9004;
                        keepalive 1024;
                        keepalive_requests 1000000000;
                        keepalive_timeout 300s;
                    }
                    server {
                        listen 127.0.0.1:8001 backlog=4096;
                        location / {
                            proxy_pass http://engines-json;
                        }
                    }
                    server {
                        listen 127.0.0.1:8002 backlog=4096;
                        location / {
                            proxy_buffering off;
                            proxy_pass http://engines-sse;
                        }
                    }
                }
                """);
        assertThat(NginxConfig.render(PORTS, ENGINES, 64, null, false))
                .doesNotContain("user root")
                .contains("worker_connections 1024;", "keepalive 128;");
    }

    @Test
    void shouldSetUpHaproxy() {
        assertThat(HaproxyConfig.render(PORTS, ENGINES, 512, null)).isEqualTo("""
                global
                    nbthread 1
                    maxconn 2048
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
                    bind 127.0.0.1:8001 backlog 4096
                    default_backend engines-json
                frontend sse
                    bind 127.0.0.1:8002 backlog 4096
                    option http-no-delay
                    default_backend engines-sse
                backend engines-json
                    balance roundrobin
                    server engine1 127.0.0.1:9001 pool-purge-delay 300s
                    server engine2 127.0.0.1:9002 pool-purge-delay 300s
                backend engines-sse
                    balance roundrobin
                    option http-no-delay
                    server engine1 127.0.0.1:9003 pool-purge-delay 300s
                    server engine2 127.0.0.1:9004 pool-purge-delay 300s
                """);
    }

    @Test
    void shouldSetUpPenstock() {
        assertThat(PenstockConfig.render(ENGINES, ENGINES.running(), "least-request", null)).isEqualTo("""
                models:
                  - name: bench
                    endpoints: [127.0.0.1:9001, 127.0.0.1:9002]
                  - name: bench-stream
                    endpoints: [127.0.0.1:9003, 127.0.0.1:9004]
                listen:
                  host: 127.0.0.1
                routing:
                  strategy: least-request
                """);
    }

    @Test
    void shouldSetUpEachForTlsHttp2AndManyEngines() {
        ProxyPorts ports = new ProxyPorts(lanes(Map.entry(LoadCase.TLS, 8001), Map.entry(LoadCase.H2, 8002),
                Map.entry(LoadCase.ENGINES_200, 8003)));
        EnginePorts engines = new EnginePorts(
                Map.of(EngineGroup.JSON, List.of(9001), EngineGroup.MANY, List.of(9002, 9003)));
        Certificate certificate = new Certificate(Path.of("/c.crt"), Path.of("/c.key"));

        assertThat(NginxConfig.render(ports, engines, 64, certificate, false))
                .contains("listen 127.0.0.1:8001 ssl backlog=4096;", "ssl_certificate /c.crt;",
                        "ssl_certificate_key /c.key;", "ssl_protocols TLSv1.3;", "listen 127.0.0.1:8002 http2 ",
                        "proxy_pass http://engines-many;", "keepalive 400;", "keepalive_timeout 4s;")
                .containsOnlyOnce("ssl_session_tickets off;");
        assertThat(HaproxyConfig.render(ports, engines, 64, Path.of("/c.pem")))
                .contains("frontend json-tls", "bind 127.0.0.1:8001 ssl crt /c.pem ssl-min-ver TLSv1.3",
                        "bind 127.0.0.1:8002 proto h2 ", "default_backend engines-many", "pool-purge-delay 4s");
        assertThat(PenstockConfig.render(engines, List.of(EngineGroup.JSON), "random", certificate))
                .contains("tls:\n  certificate: /c.crt\n  key: /c.key\n").doesNotContain("bench-many");
        assertThat(PenstockConfig.render(engines, List.of(EngineGroup.MANY), "random", null))
                .contains("endpoints: [127.0.0.1:9002, 127.0.0.1:9003]", "io:\n  threads: 4\n")
                .doesNotContain("tls:");
    }

    @Test
    void shouldReadWhereEnginesListen() {
        assertThat(Engines.listening("""
                sim-0 listening on http://127.0.0.1:40123
                sim-1 listening on http://127.0.0.1:40124
                """)).containsExactly(40_123, 40_124);
    }

    @SafeVarargs
    private static Map<Lane, Integer> lanes(Map.Entry<LoadCase, Integer>... ports) {
        Map<Lane, Integer> lanes = new LinkedHashMap<>();
        for (Map.Entry<LoadCase, Integer> entry : ports) {
            lanes.put(entry.getKey().lane(), entry.getValue());
        }
        return lanes;
    }
}
