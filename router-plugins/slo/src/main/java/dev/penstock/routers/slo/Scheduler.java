package dev.penstock.routers.slo;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.RouterEnvironment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which of the requests that wait goes next, and where. Of the most urgent class that has any: the user whose
 * turn it is; of its requests that are first of their signature: the one that will be latest. Confined to the thread
 * that holds the shard.
 */
final class Scheduler {

    /** What becomes of requests. */
    interface Answers {
        /** It leaves the queue with an error. */
        void shed(WaitingRequest request, ErrorCode error);

        /** It leaves the queue, because nothing is left that it could be sent to. */
        void withoutCandidates(WaitingRequest request);

        /** It leaves the queue for an endpoint of a group; false where it is gone meanwhile. */
        boolean send(WaitingRequest request, Group group, int pod);
    }

    private static final Comparator<WaitingRequest> LATEST_FIRST =
            Comparator.<WaitingRequest>comparingDouble(request -> -request.lowestRank())
                    .thenComparingLong(WaitingRequest::number);
    private static final Comparator<WaitingRequest> FIRST_COME = Comparator.comparingLong(WaitingRequest::number);

    private final RouterEnvironment environment;
    private final Placement placement;
    private final SloSettings settings;
    private final ClassShares shares;
    private final Answers answers;
    private final ClassQueue.Turn turn = this::offer;

    // Those of most requests, and those of the one that is looked at where it may go to some endpoints only.
    private final Groups common;
    private final Groups own;

    // Of the decision that is being made.
    private final List<WaitingRequest> heads = new ArrayList<>();
    private boolean ownShareOnly;
    private boolean blocked;

    Scheduler(RouterEnvironment environment, Placement placement, SloSettings settings, ClassShares shares,
            Answers answers) {
        this.environment = environment;
        this.placement = placement;
        this.settings = settings;
        this.shares = shares;
        this.answers = answers;
        common = new Groups(environment, settings.caps());
        own = new Groups(environment, settings.caps());
    }

    /** The fleet has changed. */
    void fleetChanged() {
        common.forget();
        own.forget();
    }

    /**
     * Answers a request that comes while no other one of its model waits, if it can be.
     *
     * @return whether it was answered
     */
    boolean answerAtOnce(WaitingRequest request) {
        decide();
        return offer(request, environment.nanoTime()) != 0;
    }

    /**
     * Answers one request, if there is one that can be.
     *
     * @return whether one was answered
     */
    boolean step(SloQueue queue) {
        decide();
        for (int i = 0; i < PriorityClass.COUNT; i++) {
            PriorityClass priority = PriorityClass.at(i);
            ClassQueue waiting = queue.of(priority);
            if (waiting.size() == 0 || (ownShareOnly && !shares.reservedFor(priority))) {
                continue;
            }
            blocked = false;
            if (waiting.serve(turn)) {
                return true;
            }
            // The next place that is free is for them, or small requests of others would keep it from them for ever.
            ownShareOnly |= blocked;
        }
        return false;
    }

    private void decide() {
        common.decide();
        own.decide();
        ownShareOnly = false;
    }

    private long offer(TenantQueue tenant) {
        long now = environment.nanoTime();
        heads.clear();
        for (SubQueue queue : tenant.subQueues()) {
            heads.add(queue.head());
        }
        if (heads.size() > 1) {
            heads.sort(ranked(now) ? LATEST_FIRST : FIRST_COME);
        }
        for (int i = 0; i < heads.size(); i++) {
            long cost = offer(heads.get(i), now);
            if (cost != 0) {
                return cost;
            }
        }
        return 0;
    }

    /** Whether each of the heads has a rank, which it is told. */
    private boolean ranked(long now) {
        boolean ranked = true;
        for (WaitingRequest head : heads) {
            head.lowestRank(lowestRank(head, now));
            ranked &= !Double.isNaN(head.lowestRank());
        }
        return ranked;
    }

    private double lowestRank(WaitingRequest request, long now) {
        Groups groups = groups(request);
        double lowest = Double.NaN;
        for (int i = 0; i < groups.size(); i++) {
            double rank = groups.get(i).rank(request, now);
            lowest = Double.isNaN(lowest) || rank < lowest ? rank : lowest;
        }
        return lowest;
    }

    private long offer(WaitingRequest request, long now) {
        Groups groups = groups(request);
        if (groups.size() == 0) {
            answers.withoutCandidates(request);
            return ClassQueue.DROPPED;
        }
        if (late(request, groups, now)) {
            answers.shed(request, ErrorCode.SLO_UNATTAINABLE);
            return ClassQueue.DROPPED;
        }
        boolean carried = false;
        // By rank the first one in any case, others while the request is in time there; those without a rank last.
        double after = Double.NEGATIVE_INFINITY;
        int afterNumber = -1;
        for (int tried = 0; tried < groups.size(); tried++) {
            int number = next(groups, request, now, after, afterNumber);
            Group group = groups.get(number);
            double rank = order(group.rank(request, now));
            after = rank;
            afterNumber = number;
            double share = group.share(request);
            if (Double.isInfinite(share)) {
                continue;
            }
            if (carried && rank > 0 && rank != Double.POSITIVE_INFINITY) {
                continue;
            }
            carried = true;
            int pod = pick(group, request, share);
            if (pod != Placement.NONE) {
                return answers.send(request, group, pod) ? request.cost() : ClassQueue.DROPPED;
            }
        }
        if (carried) {
            blocked |= !request.restricted();
            return 0;
        }
        answers.shed(request, ErrorCode.SLO_UNATTAINABLE);
        return ClassQueue.DROPPED;
    }

    /** The group that comes after one in the order of ranks; of those that are equal, by their numbers. */
    private static int next(Groups groups, WaitingRequest request, long now, double after, int afterNumber) {
        int best = -1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < groups.size(); i++) {
            double rank = order(groups.get(i).rank(request, now));
            boolean later = rank > after || (rank == after && i > afterNumber);
            if (later && (best < 0 || rank < lowest)) {
                best = i;
                lowest = rank;
            }
        }
        return best;
    }

    private static double order(double rank) {
        return Double.isNaN(rank) ? Double.POSITIVE_INFINITY : rank;
    }

    /** Whether all groups are known to be too late for a request that is not to be late. */
    private boolean late(WaitingRequest request, Groups groups, long now) {
        boolean asked = request.request().sloFirstTokenNanos() > 0;
        if (!asked && !settings.shedLate()) {
            return false;
        }
        for (int i = 0; i < groups.size(); i++) {
            if (!(groups.get(i).rank(request, now) > 0)) {
                return false;
            }
        }
        return true;
    }

    private int pick(Group group, WaitingRequest request, double share) {
        if (placement != Placement.PUSH && !shares.allow(group, request.priority(), share, ownShareOnly)) {
            return Placement.NONE;
        }
        return group.measured() ? placement.pick(group, share)
                : placement.pickUnmeasured(group, environment.random());
    }

    /** The groups that a request may be sent to. */
    private Groups groups(WaitingRequest request) {
        return (request.restricted() ? own : common).of(request.request().model(),
                request.context().currentCandidates());
    }
}
