package dev.penstock.routers.slo;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterEnvironment.Counter;

/** What the routers count of themselves. Any thread. */
final class SloCounters {

    private final Counter waited;
    private final Counter unmeasured;
    private final Counter full;
    private final Counter timeouts;
    private final Counter unattainable;
    private final Counter preempted;
    private final Counter poolEmpty;

    SloCounters(RouterEnvironment environment) {
        waited = environment.counter("waited");
        unmeasured = environment.counter("substituted_in_flight");
        full = environment.counter("queue_full");
        timeouts = environment.counter("queue_timeout");
        unattainable = environment.counter("slo_unattainable");
        preempted = environment.counter("preempted");
        poolEmpty = environment.counter("pool_empty");
    }

    /** A request had to wait. */
    void waited() {
        waited.increment();
    }

    /** A request was sent to a group that no profile tells of. */
    void unmeasured() {
        unmeasured.increment();
    }

    /** A request was answered with an error; the same error. */
    ErrorCode shed(ErrorCode error) {
        switch (error) {
            case QUEUE_FULL -> full.increment();
            case QUEUE_TIMEOUT -> timeouts.increment();
            case SLO_UNATTAINABLE -> unattainable.increment();
            case PREEMPTED -> preempted.increment();
            default -> poolEmpty.increment();
        }
        return error;
    }
}
