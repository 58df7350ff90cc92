package dev.penstock.core.port;

/** Counts requests from beginning to end: pending requests of a model, traces, the output predictor. Any thread. */
@FunctionalInterface
public interface RequestTracker {

    /**
     * A request has been admitted.
     *
     * @param requestId its id
     * @param model the model that the client named
     * @return to be ended exactly once
     */
    Lease begin(String requestId, String model);
}
