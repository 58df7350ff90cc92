package dev.penstock.bench.proxy.report;

import dev.penstock.bench.proxy.target.ProxyKind;

/**
 * One target under one load: medians over rounds. NaN where a figure does not exist.
 *
 * @param cell the load
 * @param proxy the target
 * @param perSecond requests answered a second
 * @param p50Millis median latency
 * @param p99Millis latency of the 99th percentile
 * @param cpuMicros CPU time of the proxy per request, without compiling
 * @param jitMicros CPU time that the proxy spent compiling, per request
 * @param spread how far rounds differ in {@code cpuMicros}: (largest - smallest) / median
 * @param ratioNginx median over rounds of the ratio of {@code cpuMicros} to nginx's in the same round
 * @param ratioHaproxy the same for HAProxy
 * @param inlineShare share of requests that Penstock served inline
 * @param errors failed requests of all rounds
 * @param clocked what is known only where requests are made by the clock
 */
public record Row(
        Sample.Cell cell,
        ProxyKind proxy,
        double perSecond,
        double p50Millis,
        double p99Millis,
        double cpuMicros,
        double jitMicros,
        double spread,
        double ratioNginx,
        double ratioHaproxy,
        double inlineShare,
        long errors,
        Clocked clocked) {

    /**
     * Figures of a load by the clock. NaN where a figure does not exist.
     *
     * @param addedP50Millis what the proxy adds to the direct way's median of the same round
     * @param addedP99Millis the same for the 99th percentile
     * @param ratioNginxP99 {@code addedP99Millis} divided by nginx's
     * @param reuse share of requests that went to an engine over a connection used before
     */
    public record Clocked(double addedP50Millis, double addedP99Millis, double ratioNginxP99, double reuse) {
    }
}
