package dev.penstock.bench.proxy.load;

/** The Lua script that tells wrk what to send and how to report. */
final class WrkScript {
    private static final String REQUEST = """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = [==[{body}]==]
            """;

    /**
     * Called by wrk before each request. Past the deadline it asks for a wait longer than the run, so that streams
     * under way end instead of being cut: with few long requests the cut ones would count for the proxy's CPU and for
     * nothing else.
     */
    private static final String DRAIN = """
            local ffi = require("ffi")
            ffi.cdef[[
            typedef struct { long seconds; long nanos; } bench_time;
            int clock_gettime(int clock, bench_time *time);
            ]]
            local time = ffi.new("bench_time")
            local deadline = nil
            function delay()
              ffi.C.clock_gettime(1, time)
              local now = tonumber(time.seconds) + tonumber(time.nanos) / 1e9
              if not deadline then deadline = now + {seconds} end
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

    /** The script for {@code order}. */
    static String of(LoadOrder order) {
        String request = REQUEST.replace("{body}", order.load().body());
        String drain = order.load().streaming() ? DRAIN.replace("{seconds}", Double.toString(order.seconds())) : "";
        return request + drain + REPORT;
    }
}
