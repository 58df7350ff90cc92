package dev.penstock.server.http2;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import dev.penstock.spi.ErrorCode;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What HTTP/2 connections count. Any thread; made once for all of them. */
public final class Http2Metrics {
    private final Count tooMany;
    private final Count draining;
    private final Count malformed;
    private final Count tooLarge;
    private final Count broken;
    private final Map<FloodGuard.Kind, Count> floods = new EnumMap<>(FloodGuard.Kind.class);

    /** Registers the series. */
    public Http2Metrics(Metrics metrics) {
        tooMany = refused(metrics, "too_many");
        draining = refused(metrics, "draining");
        malformed = refused(metrics, "malformed");
        tooLarge = refused(metrics, "headers_too_large");
        broken = metrics.counter("penstock_http2_connection_errors",
                "HTTP/2 connections that were ended because they broke the protocol.");
        for (FloodGuard.Kind kind : FloodGuard.Kind.values()) {
            floods.put(kind, metrics.counter("penstock_http2_floods",
                    "HTTP/2 connections that were ended because of a flood, by what it consisted of.",
                    "kind", kind.name().toLowerCase(Locale.ROOT)));
        }
    }

    private static Count refused(Metrics metrics, String reason) {
        return metrics.counter("penstock_http2_streams_refused",
                "Requests over HTTP/2 that were refused before they were looked at, by reason.", "reason", reason);
    }

    void refused(ErrorCode fault) {
        (fault == ErrorCode.HEADERS_TOO_LARGE ? tooLarge : malformed).increment();
    }

    void tooMany() {
        tooMany.increment();
    }

    void draining() {
        draining.increment();
    }

    void broken() {
        broken.increment();
    }

    void flood(FloodGuard.Kind kind) {
        Objects.requireNonNull(floods.get(kind)).increment();
    }
}
