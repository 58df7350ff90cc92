package dev.penstock.routers.slo;

import java.util.LinkedHashSet;

/**
 * Requests of one signature, first in, first out. Confined to the thread that holds the shard. Any request leaves at
 * once.
 */
final class SubQueue {

    // By identity: requests have no equals of their own.
    private final LinkedHashSet<WaitingRequest> requests = new LinkedHashSet<>();

    void add(WaitingRequest request) {
        requests.add(request);
    }

    void remove(WaitingRequest request) {
        requests.remove(request);
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /**
     * The first one; it stays.
     *
     * @throws java.util.NoSuchElementException where there is none
     */
    WaitingRequest head() {
        return requests.getFirst();
    }
}
