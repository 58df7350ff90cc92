package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of each group is kept for which class, and how much of it each class has in flight. Confined to the thread that
 * holds the shard.
 */
final class ClassShares {

    private final List<Double> reserved;
    private final boolean any;
    private final Map<Unit, double[]> inFlight = new HashMap<>();
    private final IdentityHashMap<RoutingContext, Taken> byContext = new IdentityHashMap<>();

    /** A group, counted in shares or in requests: a profile may come and go while requests are in flight. */
    private record Unit(String group, boolean measured) {}

    private record Taken(Unit unit, PriorityClass priority, double share) {}

    /**
     * Nothing is in flight.
     *
     * @param reserved share of a group that is kept for each class, by its number
     */
    ClassShares(List<Double> reserved) {
        this.reserved = reserved;
        this.any = reserved.stream().anyMatch(share -> share > 0);
    }

    /** Whether something is kept for a class. */
    boolean reservedFor(PriorityClass priority) {
        return reserved.get(priority.number()) > 0;
    }

    /**
     * Whether a class may take more of a group.
     *
     * @param share what a request takes of an endpoint
     * @param ownOnly whether it may take only what is kept for it, because more urgent requests wait
     */
    boolean allow(Group group, PriorityClass priority, double share, boolean ownOnly) {
        if (!any) {
            return !ownOnly;
        }
        double capacity = group.cap() * group.size();
        double wanted = Math.min(share, group.cap()) - Placement.ROUNDING;
        double[] used = inFlight.get(new Unit(group.name(), group.measured()));
        if (kept(priority, capacity, used) >= wanted) {
            return true;
        }
        if (ownOnly) {
            return false;
        }
        double free = capacity - group.loads().total();
        for (int i = 0; i < PriorityClass.COUNT; i++) {
            if (i != priority.number()) {
                free -= Math.max(0, kept(PriorityClass.at(i), capacity, used));
            }
        }
        return free >= wanted;
    }

    /** What is kept for a class and not used by it. */
    private double kept(PriorityClass priority, double capacity, double @Nullable [] used) {
        int number = priority.number();
        return reserved.get(number) * capacity - (used == null ? 0 : used[number]);
    }

    /** A request is sent to a group. */
    void sent(WaitingRequest request, Group group, double share) {
        if (any) {
            Unit unit = new Unit(group.name(), group.measured());
            inFlight.computeIfAbsent(unit, none -> new double[PriorityClass.COUNT])[request.priority().number()]
                    += share;
            byContext.put(request.context(), new Taken(unit, request.priority(), share));
        }
    }

    /** A request has ended that was sent, perhaps by another router. */
    void ended(RoutingContext context) {
        Taken taken = any ? byContext.remove(context) : null;
        double[] used = taken == null ? null : inFlight.get(taken.unit());
        if (taken != null && used != null) {
            int number = taken.priority().number();
            // Sums of fractions do not come back to zero by themselves.
            used[number] = Math.max(0, used[number] - taken.share());
        }
    }

    /** Groups that have left the fleet are forgotten; requests that run there may still end. */
    void keepOnly(Snapshot fleet) {
        if (inFlight.isEmpty()) {
            return;
        }
        Set<String> groups = new HashSet<>();
        for (ModelView model : fleet.models()) {
            Candidates endpoints = model.endpoints();
            for (int i = 0; i < endpoints.groups(); i++) {
                groups.add(endpoints.groupName(i));
            }
        }
        inFlight.keySet().removeIf(unit -> !groups.contains(unit.group()));
    }
}
