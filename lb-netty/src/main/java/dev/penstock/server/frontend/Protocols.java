package dev.penstock.server.frontend;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.http2.ClientConnection;
import dev.penstock.server.http2.Http2Metrics;
import io.netty.channel.ChannelHandler;

/** Makes who speaks a protocol, and counts them. Any thread; one for all connections of a balancer. */
final class Protocols {
    private final Http2Settings http2Settings;
    private final Http2Metrics http2Metrics;
    private final Count http1Connections;
    private final Count http2Connections;

    Protocols(Http2Settings http2Settings, Metrics metrics) {
        this.http2Settings = http2Settings;
        this.http2Metrics = new Http2Metrics(metrics);
        this.http1Connections = connections(metrics, "http/1.1");
        this.http2Connections = connections(metrics, "h2");
    }

    private static Count connections(Metrics metrics, String protocol) {
        return metrics.counter("penstock_client_connections", "Connections of clients, by what they speak.",
                "protocol", protocol);
    }

    ChannelHandler http1(LoopState loop) {
        http1Connections.increment();
        return new Http1Stream(loop);
    }

    ChannelHandler http2(LoopState loop) {
        http2Connections.increment();
        return ClientConnection.on(loop, http2Settings, http2Metrics);
    }
}
