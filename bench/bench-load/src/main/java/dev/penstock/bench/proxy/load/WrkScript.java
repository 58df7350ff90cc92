package dev.penstock.bench.proxy.load;

/** The Lua script that tells wrk what to send and how to report. */
final class WrkScript {
    private static final String REQUEST = """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = [==[{body}]==]
            """;

    /** wrk opens a new connection where the answer repeats this. */
    private static final String CLOSE = "wrk.headers[\"Connection\"] = \"close\"\n";

    /**
     * Called by wrk before each request, it says how many milliseconds to wait. The first requests of the connections
     * are spread over the time of one stream: streams that beat together would arrive together, and a proxy would
     * handle many chunks in one go. Past the deadline the wait is longer than the run, so that streams under way end
     * instead of being cut: with few long requests the cut ones would count for the proxy's CPU and for nothing else.
     */
    private static final String PACE = """
            local ffi = require("ffi")
            ffi.cdef[[
            typedef struct { long seconds; long nanos; } bench_time;
            int clock_gettime(int clock, bench_time *time);
            ]]
            local time = ffi.new("bench_time")
            local deadline = nil
            local started = 0
            function delay()
              ffi.C.clock_gettime(1, time)
              local now = tonumber(time.seconds) + tonumber(time.nanos) / 1e9
              if not deadline then deadline = now + {seconds} end
              if started < {connections} then
                started = started + 1
                return started * {spread} / {connections}
              end
              if now < deadline then return 0 end
              return 3600000
            end
            """;

    private static final String REPORT = """
            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format(
                "bench-summary requests=%d micros=%d connect=%d read=%d write=%d status=%d timeout=%d"
                .. " p50=%d p99=%d mean=%.3f\\n",
                summary.requests, summary.duration, e.connect, e.read, e.write, e.status, e.timeout,
                latency:percentile(50), latency:percentile(99), latency.mean))
            end
            """;

    private WrkScript() {
    }

    /** The script for {@code order}, to begin streams for {@code seconds}. */
    static String of(LoadOrder order, double seconds) {
        String request = REQUEST.replace("{body}", order.load().body())
                + (order.load().pace() == Pace.FRESH ? CLOSE : "");
        return request + (order.load().streaming() ? pace(order, seconds) : "") + REPORT;
    }

    private static String pace(LoadOrder order, double seconds) {
        return PACE.replace("{seconds}", Double.toString(seconds))
                .replace("{connections}", Integer.toString(order.connections()))
                .replace("{spread}", Long.toString(spreadMillis(order, seconds)));
    }

    /** Not longer than new streams are made. */
    private static long spreadMillis(LoadOrder order, double seconds) {
        return Math.min(order.load().lane().engines().streamMillis(), (long) (seconds * 1_000));
    }
}
