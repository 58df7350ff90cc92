package dev.penstock.core.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The settings that a change reaches without a restart: one immutable value, validated whole. A request reads it once.
 *
 * @param strategy the strategy of requests and models that name none
 * @param routingDeadlineNanos until a router must have answered; 0 for never
 * @param queueDeadlineNanos the same for a router that lets requests wait
 * @param usage what is done about the usage of streams
 * @param timeouts how long a request may wait
 * @param retries how often it is sent once more
 * @param limits how large it may be
 * @param health when an endpoint gets no requests for a while
 * @param traces what is collected of requests
 * @param shadow a strategy that is compared and never used
 */
public record LiveSettings(String strategy, long routingDeadlineNanos, long queueDeadlineNanos, UsageMode usage,
        Timeouts timeouts, Retries retries, RequestLimits limits, HealthSettings health, TraceSteps traces,
        ShadowSettings shadow) {

    /** What is done where a client streams without asking for usage. */
    public enum UsageMode {
        /** Usage is asked for, and taken out of the stream again. */
        INJECT,
        /** The request is refused. */
        REQUIRE,
        /** Nothing: tokens stay unknown. */
        ESTIMATE
    }

    /** Strategy. */
    public static final Setting<String> STRATEGY = Setting.text("routing.strategy", "predicted-ttft", true,
            "Strategy for requests that name none; also weighted, for example least-request:2,session-affinity:1.");
    /** Routing deadline. */
    public static final Setting<Long> ROUTING_DEADLINE = Setting.duration("routing.deadline", "5s", true,
            "Time for a router to answer; then the fallback chooses.");
    /** Routing deadline of queues. */
    public static final Setting<Long> QUEUE_DEADLINE = Setting.duration("routing.queue-deadline", "60s", true,
            "The same for routers that let requests wait on purpose, as slo does; 0 for ever.");
    /** Usage mode. */
    public static final Setting<UsageMode> USAGE = Setting.choice("usage", UsageMode.INJECT, true,
            "Streams without include_usage: inject (ask, and hide it), require (400), estimate (leave).");

    /** All live settings, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = Stream.of(
            List.<Setting<?>>of(STRATEGY, ROUTING_DEADLINE, QUEUE_DEADLINE, USAGE),
            ShadowSettings.ALL, Timeouts.ALL, Retries.ALL, RequestLimits.ALL, HealthSettings.ALL, TraceSteps.ALL)
            .<Setting<?>>flatMap(List::stream).toList();

    /** The live part of all settings. */
    public static LiveSettings from(Settings settings) {
        return new LiveSettings(settings.get(STRATEGY), settings.get(ROUTING_DEADLINE),
                settings.get(QUEUE_DEADLINE), settings.get(USAGE), Timeouts.from(settings), Retries.from(settings),
                RequestLimits.from(settings), HealthSettings.from(settings), TraceSteps.from(settings),
                ShadowSettings.from(settings));
    }
}
