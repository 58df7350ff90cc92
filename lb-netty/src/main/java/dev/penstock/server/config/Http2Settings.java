package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * How much one client may ask for over one HTTP/2 connection. Fixed at the start.
 *
 * @param maxConcurrentStreams requests at one time
 * @param streamWindow bytes of a request's body that may be on their way
 * @param connectionWindow bytes of all bodies that may be on their way
 * @param maxResets requests broken off within ten seconds
 * @param maxControlFrames frames that neither begin a request nor carry a body, within ten seconds
 */
public record Http2Settings(int maxConcurrentStreams, int streamWindow, int connectionWindow, int maxResets,
        int maxControlFrames) {

    private static final int LEAST_WINDOW = 65_535;

    /** Requests at one time. */
    public static final Setting<Integer> MAX_STREAMS = Setting.integer("http2.max-concurrent-streams", 256, 1, 65_536,
            false, "Requests that a client may have open on one HTTP/2 connection.");
    /** Window of a request. */
    public static final Setting<Long> STREAM_WINDOW = Setting.size("http2.stream-window", "256KiB", false,
            "Bytes of a request's body that a client may send ahead of who reads them.");
    /** Window of a connection. */
    public static final Setting<Long> CONNECTION_WINDOW = Setting.size("http2.connection-window", "1MiB", false,
            "The same for all requests of a connection together.");
    /** Resets. */
    public static final Setting<Integer> MAX_RESETS = Setting.integer("http2.max-resets", 500, 1, 1_000_000, false,
            "Requests that a client may break off on one connection within 10 s; then the connection is closed.");
    /** Control frames. */
    public static final Setting<Integer> MAX_CONTROL_FRAMES = Setting.integer("http2.max-control-frames", 10_000, 1,
            10_000_000, false, "PING, SETTINGS and other frames without a request that a client may send within 10 s.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(MAX_STREAMS, STREAM_WINDOW, CONNECTION_WINDOW, MAX_RESETS,
            MAX_CONTROL_FRAMES);

    /** What suits most, and is the default. */
    public static final Http2Settings STANDARD = new Http2Settings(256, 256 * 1024, 1024 * 1024, 500, 10_000);

    /** What the settings say; windows are at least what the protocol begins with. */
    public static Http2Settings from(Settings settings) {
        return new Http2Settings(settings.get(MAX_STREAMS), window(settings.get(STREAM_WINDOW)),
                window(settings.get(CONNECTION_WINDOW)), settings.get(MAX_RESETS),
                settings.get(MAX_CONTROL_FRAMES));
    }

    private static int window(long bytes) {
        return Math.clamp(bytes, LEAST_WINDOW, Integer.MAX_VALUE);
    }
}
