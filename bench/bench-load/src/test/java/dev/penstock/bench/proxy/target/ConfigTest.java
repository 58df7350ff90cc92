package dev.penstock.bench.proxy.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigTest {
    private static final ProxyPorts PORTS = new ProxyPorts(8001, 8002);
    private static final EnginePorts ENGINES = new EnginePorts(List.of(9001, 9002), List.of(9003, 9004));

    @Test
    void shouldSetUpNginx() {
        assertThat(NginxConfig.render(PORTS, ENGINES, 512, true)).isEqualTo("""
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
        assertThat(NginxConfig.render(PORTS, ENGINES, 64, false))
                .doesNotContain("user root")
                .contains("worker_connections 1024;", "keepalive 128;");
    }

    @Test
    void shouldSetUpHaproxy() {
        assertThat(HaproxyConfig.render(PORTS, ENGINES, 512)).isEqualTo("""
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
        assertThat(PenstockConfig.render(ENGINES, "least-request")).isEqualTo("""
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
    void shouldReadWhereEnginesListen() {
        assertThat(Engines.listening("""
                sim-0 listening on http://127.0.0.1:40123
                sim-1 listening on http://127.0.0.1:40124
                """)).containsExactly(40_123, 40_124);
    }
}
