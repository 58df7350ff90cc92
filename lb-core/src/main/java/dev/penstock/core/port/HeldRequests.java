package dev.penstock.core.port;

/**
 * Counts the requests that wait in routers: those that a router was asked about and has neither answered nor been
 * relieved of. A router that answers when it is asked holds none. Any thread; never waits.
 */
@FunctionalInterface
public interface HeldRequests {

    /** Counts nothing. */
    HeldRequests NONE = model -> () -> {};

    /**
     * A request for a model waits from now on.
     *
     * @return to be released exactly once
     */
    Hold hold(String model);

    /** A request that waits. */
    @FunctionalInterface
    interface Hold {

        /** It waits no longer. */
        void release();
    }
}
