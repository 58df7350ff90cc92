package dev.penstock.core.config;

import java.util.List;

/**
 * The settings that a change reaches without a restart: one immutable value, validated whole. A request reads it once.
 * Times are in nanoseconds, 0 meaning none.
 *
 * @param strategy the strategy of requests and models that name none
 * @param routingDeadlineNanos until a router must have answered
 * @param connectTimeoutNanos until a connection to an endpoint must stand
 * @param firstByteTimeoutNanos until a streamed answer must begin
 * @param unaryFirstByteTimeoutNanos until any other answer must begin
 * @param idleTimeoutNanos between two chunks
 * @param totalTimeoutNanos from the head of the request to the end of the answer
 * @param maxRetries most further attempts of a request
 * @param retryBudgetPercent retries in percent of requests
 * @param usage what is done about the usage of streams
 * @param bodyLimitBytes the largest body
 * @param headerTimeoutNanos until a request's head must be there
 * @param bodyTimeoutNanos between two parts of a request's body
 */
public record LiveSettings(String strategy, long routingDeadlineNanos, long connectTimeoutNanos,
        long firstByteTimeoutNanos, long unaryFirstByteTimeoutNanos, long idleTimeoutNanos, long totalTimeoutNanos,
        int maxRetries, int retryBudgetPercent, UsageMode usage, long bodyLimitBytes, long headerTimeoutNanos,
        long bodyTimeoutNanos) {

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
    public static final Setting<String> STRATEGY = Setting.text("routing.strategy", "least-request", true,
            "Strategy for requests that name none; also weighted, for example least-request:2,session-affinity:1.");
    /** Routing deadline. */
    public static final Setting<Long> ROUTING_DEADLINE = Setting.duration("routing.deadline", "5s", true,
            "Time for a router to answer; then the fallback chooses.");
    /** Connect timeout. */
    public static final Setting<Long> CONNECT_TIMEOUT = Setting.duration("timeouts.connect", "2s", true,
            "Time to connect to an endpoint; then another one is tried.");
    /** First byte timeout. */
    public static final Setting<Long> FIRST_BYTE_TIMEOUT = Setting.duration("timeouts.first-byte", "300s", true,
            "Time to the first byte of a streamed answer; then 504.");
    /** First byte timeout of answers that are not streamed. */
    public static final Setting<Long> UNARY_FIRST_BYTE_TIMEOUT = Setting.duration("timeouts.first-byte-unary", "off",
            true, "Time to the first byte of an answer that is not streamed: all of its generation; then 504.");
    /** Idle timeout. */
    public static final Setting<Long> IDLE_TIMEOUT = Setting.duration("timeouts.idle", "60s", true,
            "Longest pause between two chunks of an answer.");
    /** Total timeout. */
    public static final Setting<Long> TOTAL_TIMEOUT = Setting.duration("timeouts.total", "off", true,
            "Longest time of a request as a whole.");
    /** Header timeout. */
    public static final Setting<Long> HEADER_TIMEOUT = Setting.duration("timeouts.header", "10s", true,
            "Time for a client to send the head of a request.");
    /** Body timeout. */
    public static final Setting<Long> BODY_TIMEOUT = Setting.duration("timeouts.body", "30s", true,
            "Longest pause between two parts of a request's body.");
    /** Most retries. */
    public static final Setting<Integer> MAX_RETRIES = Setting.integer("retry.max", 2, 0, 10, true,
            "Most further attempts of a request, each on another endpoint.");
    /** Retry budget. */
    public static final Setting<Integer> RETRY_BUDGET = Setting.integer("retry.budget-percent", 10, 0, 100, true,
            "Retries in percent of requests, over all of them.");
    /** Usage mode. */
    public static final Setting<UsageMode> USAGE = Setting.choice("usage", UsageMode.INJECT, true,
            "Streams without include_usage: inject (ask, and hide it), require (400), estimate (leave).");
    /** Body limit. */
    public static final Setting<Long> BODY_LIMIT = Setting.size("limits.body", "64MiB", true,
            "Largest request body; then 413.");

    /** All live settings, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(STRATEGY, ROUTING_DEADLINE, CONNECT_TIMEOUT, FIRST_BYTE_TIMEOUT,
            UNARY_FIRST_BYTE_TIMEOUT, IDLE_TIMEOUT, TOTAL_TIMEOUT, HEADER_TIMEOUT, BODY_TIMEOUT, MAX_RETRIES,
            RETRY_BUDGET, USAGE, BODY_LIMIT);

    /** The live part of all settings. */
    public static LiveSettings from(Settings settings) {
        return new LiveSettings(settings.get(STRATEGY), settings.get(ROUTING_DEADLINE), settings.get(CONNECT_TIMEOUT),
                settings.get(FIRST_BYTE_TIMEOUT), settings.get(UNARY_FIRST_BYTE_TIMEOUT), settings.get(IDLE_TIMEOUT),
                settings.get(TOTAL_TIMEOUT), settings.get(MAX_RETRIES), settings.get(RETRY_BUDGET), settings.get(USAGE),
                settings.get(BODY_LIMIT), settings.get(HEADER_TIMEOUT), settings.get(BODY_TIMEOUT));
    }
}
