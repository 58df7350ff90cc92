package dev.penstock.routers.slo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The requests of one class. Its users take turns by deficit round robin: each may send so many tokens, may go over it
 * with its last request, and has to make up for that. Confined to the thread that holds the shard.
 */
final class ClassQueue {

    /** Tokens of a turn: that of a usual request, so that users take turns with each of them. */
    static final long QUANTUM = 2_048;

    /** Tries to answer a request of a user. */
    @FunctionalInterface
    interface Turn {
        /**
         * Tries.
         *
         * @return the cost of the request that was sent; {@link #DROPPED} where one was answered with an error; 0 where
         * none of them can be answered now
         */
        long offer(TenantQueue tenant);
    }

    /** A request was answered, and not sent. */
    static final long DROPPED = -1;

    private static final Comparator<TenantQueue> LEAST_DEBT_FIRST =
            Comparator.comparingLong(TenantQueue::deficit).reversed();

    // In the order in which they came: who comes too late to fit is the last one.
    private final LinkedHashSet<WaitingRequest> requests = new LinkedHashSet<>();
    // The first one has its turn.
    private final LinkedHashMap<String, TenantQueue> tenants = new LinkedHashMap<>();
    private long bytes;

    void add(WaitingRequest request) {
        requests.add(request);
        bytes += request.bytes();
        tenants.computeIfAbsent(request.tenant(), name -> new TenantQueue(name, QUANTUM)).add(request);
    }

    void remove(WaitingRequest request) {
        if (!requests.remove(request)) {
            return;
        }
        bytes -= request.bytes();
        TenantQueue tenant = tenants.get(request.tenant());
        if (tenant != null) {
            tenant.remove(request);
            if (tenant.isEmpty()) {
                tenants.remove(request.tenant());
            }
        }
    }

    int size() {
        return requests.size();
    }

    long bytes() {
        return bytes;
    }

    /** All of them, first the one that came first; a copy. */
    List<WaitingRequest> all() {
        return List.copyOf(requests);
    }

    /**
     * The one that came last.
     *
     * @throws java.util.NoSuchElementException where there is none
     */
    WaitingRequest newest() {
        return requests.getLast();
    }

    /**
     * Offers the turn to one user after the other, until one takes it. Whoever has had more than its share comes after
     * those whose requests fit nowhere: a place that is free is not kept for them.
     *
     * @return whether a request was answered
     */
    boolean serve(Turn turn) {
        if (allInDebt()) {
            nextRound();
        }
        boolean debtors = false;
        // Whoever answers a request changes the map, and is the last one to be asked.
        for (TenantQueue tenant : tenants.values()) {
            if (tenant.deficit() <= 0) {
                debtors = true;
            } else if (offer(tenant, turn)) {
                return true;
            }
        }
        return debtors && serveDebtors(turn);
    }

    private boolean serveDebtors(Turn turn) {
        List<TenantQueue> debtors = new ArrayList<>(tenants.values());
        debtors.removeIf(tenant -> tenant.deficit() > 0);
        debtors.sort(LEAST_DEBT_FIRST);
        for (TenantQueue tenant : debtors) {
            if (offer(tenant, turn)) {
                return true;
            }
        }
        return false;
    }

    private boolean allInDebt() {
        for (TenantQueue tenant : tenants.values()) {
            if (tenant.deficit() > 0) {
                return false;
            }
        }
        return true;
    }

    private boolean offer(TenantQueue tenant, Turn turn) {
        long cost = turn.offer(tenant);
        if (cost > 0) {
            charge(tenant, cost);
        }
        return cost != 0;
    }

    private void charge(TenantQueue tenant, long cost) {
        tenant.charge(cost);
        if (tenant.deficit() <= 0 && tenants.remove(tenant.name(), tenant)) {
            tenants.putLast(tenant.name(), tenant);
        }
    }

    /** All have had their turns: as many rounds at once as it takes until one of them has another. */
    private void nextRound() {
        long least = Long.MAX_VALUE;
        for (TenantQueue tenant : tenants.values()) {
            least = Math.min(least, -tenant.deficit());
        }
        long rounds = least / QUANTUM + 1;
        for (TenantQueue tenant : tenants.values()) {
            tenant.replenish(rounds * QUANTUM);
        }
    }
}
