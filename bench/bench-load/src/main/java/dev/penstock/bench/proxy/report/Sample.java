package dev.penstock.bench.proxy.report;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.process.CpuUse;
import dev.penstock.bench.proxy.target.ProxyKind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One target under one load in one round.
 *
 * @param cell what it is compared within
 * @param proxy the target
 * @param round from 0
 * @param result what the load met
 * @param cpu what the proxy's process used, or null where there is no proxy
 * @param inlineShare share of requests served inline, 0 to 1; NaN where it is not known
 * @param reuse share of requests that went to an engine over a connection used before; NaN where it is not counted
 */
public record Sample(
        Cell cell,
        ProxyKind proxy,
        int round,
        LoadResult result,
        @Nullable CpuUse cpu,
        double inlineShare,
        double reuse) {
    /** One line that says how it went, for those who watch. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "round %d %-8s %7d requests, %.0f/s, p50 %.2f ms, p99 %.2f ms, cpu %s us, %d errors",
                round + 1,
                proxy.id(),
                result.requests(),
                result.perSecond(),
                result.p50Millis(),
                result.p99Millis(),
                cpu == null ? "-" : String.format(Locale.ROOT, "%.1f", cpuMicros()),
                result.errors());
    }

    /** CPU time of the proxy, without compiling, per answered request, in microseconds; NaN where there is none. */
    double cpuMicros() {
        return cpu == null ? Double.NaN : cpu.workMicrosPer(result.requests());
    }

    /** CPU time that the proxy spent compiling, per answered request, in microseconds; NaN where there is none. */
    double jitMicros() {
        return cpu == null ? Double.NaN : cpu.jitMicrosPer(result.requests());
    }

    /**
     * What samples are compared within.
     *
     * @param load what was sent
     * @param connections over how many connections
     */
    public record Cell(LoadCase load, int connections) {
    }
}
