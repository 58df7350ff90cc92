package dev.penstock.server.http2;

import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.Http2Settings;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;

/**
 * Counts the frames of one connection by which a client costs us more than itself, in windows of ten seconds. Confined
 * to one event loop.
 */
final class FloodGuard {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What is counted. */
    enum Kind {
        /** Requests that the client breaks off: each has cost a pod's connection by then. */
        RESETS,
        /** Requests that the client makes us break off, by ever new mistakes. */
        ERRORS,
        /** Frames that do nothing for a request. */
        CONTROL,
        /** Answers that the client asks for and does not read. */
        UNREAD
    }

    private final NanoClock clock;
    private final Http2Settings limits;
    private final Http2Metrics metrics;
    private long windowStart;
    private int resets;
    private int errors;
    private int control;

    FloodGuard(NanoClock clock, Http2Settings limits, Http2Metrics metrics) {
        this.clock = clock;
        this.limits = limits;
        this.metrics = metrics;
        windowStart = clock.nanoTime();
    }

    /**
     * Counts one.
     *
     * @throws Http2Exception where it is one too many; ends the connection
     */
    void count(Kind kind) throws Http2Exception {
        long now = clock.nanoTime();
        if (now - windowStart >= WINDOW_NANOS) {
            windowStart = now;
            resets = 0;
            errors = 0;
            control = 0;
        }
        boolean within = switch (kind) {
            case RESETS -> ++resets <= limits.maxResets();
            case ERRORS -> ++errors <= limits.maxResets();
            case CONTROL -> ++control <= limits.maxControlFrames();
            case UNREAD -> false;
        };
        if (!within) {
            throw flood(kind);
        }
    }

    /** Ends the connection of a flood that was found otherwise. */
    Http2Exception flood(Kind kind) {
        metrics.flood(kind);
        return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many: %s", kind);
    }
}
