package dev.penstock.routers.fairness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for one model: a queue for each user, which take turns by deficit round robin. Each may send
 * so many tokens, may go over it with the last request, and has to make up for that. Debts end when nobody waits any
 * more. Confined to one thread.
 */
final class FairQueue {

    /** Tries to answer a request. */
    @FunctionalInterface
    interface Turn {
        /** Whether it was answered, and has left the queue. */
        boolean offer(Waiting request);
    }

    private static final Comparator<Flow> LEAST_DEBT_FIRST = Comparator.comparingLong(Flow::deficit).reversed();

    private final String model;
    private final FairQueueSettings settings;
    // The first one has its turn.
    private final LinkedHashMap<String, Flow> flows = new LinkedHashMap<>();
    private int size;
    private long bytes;
    private int told;

    FairQueue(String model, FairQueueSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    String model() {
        return model;
    }

    int size() {
        return size;
    }

    /** The queue of a user, made if there is none. */
    Flow flow(String user) {
        Flow flow = flows.get(user);
        if (flow == null) {
            flow = new Flow(user, settings.quantum());
            flows.put(user, flow);
        }
        return flow;
    }

    void add(Waiting request) {
        request.flow().add(request);
        size++;
        bytes += request.bytes();
    }

    void remove(Waiting request) {
        request.flow().remove(request);
        size--;
        bytes -= request.bytes();
        if (size == 0) {
            flows.clear();
        } else {
            forget(request.flow());
        }
    }

    /** Forgets a user of whom there is nothing to remember. */
    void forget(Flow flow) {
        if (flow.untouched(settings.quantum())) {
            flows.remove(flow.user(), flow);
        }
    }

    /** All of them; a copy. */
    List<Waiting> all() {
        List<Waiting> all = new ArrayList<>(size);
        for (Flow flow : flows.values()) {
            for (Waiting request = flow.first(); request != null; request = request.later()) {
                all.add(request);
            }
        }
        return all;
    }

    /** Whether no more wait than may. */
    boolean within() {
        return size <= settings.maxQueued() && bytes <= settings.maxQueuedBytes();
    }

    /**
     * Which requests have to go so that a new one may wait: the newest of the user who takes most of the room, as long
     * as he has more of it than the newcomer would have.
     *
     * @return none where there is room; null where there is none, and none is made
     */
    @Nullable List<Waiting> displacedBy(Waiting request) {
        long tooMany = size + 1 - settings.maxQueued();
        long tooManyBytes = bytes + request.bytes() - settings.maxQueuedBytes();
        if (tooMany <= 0 && tooManyBytes <= 0) {
            return List.of();
        }
        Flow own = request.flow();
        double most = share(own.size() + 1L, own.bytes() + request.bytes());
        Flow longest = own;
        for (Flow flow : flows.values()) {
            if (share(flow.size(), flow.bytes()) > share(longest.size(), longest.bytes())) {
                longest = flow;
            }
        }
        if (longest == own) {
            return null;
        }
        List<Waiting> displaced = new ArrayList<>();
        long left = longest.size();
        long leftBytes = longest.bytes();
        for (Waiting newest = longest.last(); newest != null; newest = newest.earlier()) {
            if (share(left, leftBytes) <= most) {
                return null;
            }
            displaced.add(newest);
            left--;
            leftBytes -= newest.bytes();
            if (tooMany <= displaced.size() && tooManyBytes <= longest.bytes() - leftBytes) {
                return displaced;
            }
        }
        return null;
    }

    private double share(long requests, long ofBytes) {
        return Math.max((double) requests / settings.maxQueued(), (double) ofBytes / settings.maxQueuedBytes());
    }

    /**
     * Offers the turn to one user after the other, until one takes it. Whoever has had his turn comes after those whose
     * requests fit nowhere: a place that is free is not kept for them.
     *
     * @return whether a request was answered
     */
    boolean serve(Turn turn) {
        if (size > 0 && !inTurn()) {
            nextRound();
        }
        List<Flow> inDebt = new ArrayList<>();
        for (Flow flow : flows.values()) {
            Waiting first = flow.first();
            if (first != null && flow.deficit() <= 0) {
                inDebt.add(flow);
            } else if (first != null && turn.offer(first)) {
                return true;
            }
        }
        inDebt.sort(LEAST_DEBT_FIRST);
        for (Flow flow : inDebt) {
            if (turn.offer(Objects.requireNonNull(flow.first()))) {
                return true;
            }
        }
        return false;
    }

    private boolean inTurn() {
        for (Flow flow : flows.values()) {
            if (flow.size() > 0 && flow.deficit() > 0) {
                return true;
            }
        }
        return false;
    }

    /** All who wait have had their turns: as many rounds at once as it takes until one of them has another. */
    private void nextRound() {
        long least = Long.MAX_VALUE;
        for (Flow flow : flows.values()) {
            if (flow.size() > 0) {
                least = Math.min(least, -flow.deficit());
            }
        }
        long tokens = (least / settings.quantum() + 1) * settings.quantum();
        flows.values().removeIf(flow -> flow.replenish(tokens, settings.quantum()));
    }

    /** A request that has left the queue was sent. */
    void sent(Waiting request) {
        Flow flow = request.flow();
        flow.sent(request.cost());
        if (flow.deficit() <= 0 && flows.remove(flow.user(), flow)) {
            flows.putLast(flow.user(), flow);
        }
    }

    /** Whether its length is another one than when this was last asked. */
    boolean lengthChanged() {
        boolean changed = told != size;
        told = size;
        return changed;
    }
}
