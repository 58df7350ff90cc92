package dev.penstock.routers.slo;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets requests wait, a queue for each model, until an endpoint has room for them. Looks whenever something may have
 * changed: a request has come, has ended, is given up; the fleet has changed; and by itself now and then while
 * something waits, for what nobody tells it. Confined to the thread that holds the shard.
 */
final class SloRouter implements Router, Scheduler.Answers {

    private final RouterEnvironment environment;
    private final SloSettings settings;
    private final ClassShares shares;
    private final Scheduler scheduler;
    private final SloCounters counters;
    private final Map<String, SloQueue> queues = new HashMap<>();
    // Those in which something waits, or did a moment ago.
    private final Set<SloQueue> active = new LinkedHashSet<>();
    private final IdentityHashMap<RoutingContext, WaitingRequest> waiting = new IdentityHashMap<>();
    private long number;
    private long nextDeadlineNanos = Long.MAX_VALUE;

    SloRouter(RouterEnvironment environment, Placement placement) {
        this.environment = environment;
        settings = SloSettings.of(environment);
        shares = new ClassShares(settings.reserved());
        counters = new SloCounters(environment);
        scheduler = new Scheduler(environment, placement, settings, shares, this);
    }

    // ---- what happens

    @Override
    public void route(RoutingContext context) {
        SloQueue queue = queue(context.request().model());
        WaitingRequest request = new WaitingRequest(context,
                PriorityClass.of(context.request().priority(), settings.maxPriority()), ++number,
                environment.nanoTime(), settings.maxWaitNanos());
        boolean alone = queue.size() == 0;
        if (alone && scheduler.answerAtOnce(request)) {
            return;
        }
        if (!queue.fits(request)) {
            List<WaitingRequest> displaced = queue.makeRoom(request);
            displaced.forEach(other -> answered(other, ErrorCode.PREEMPTED));
            if (displaced.isEmpty()) {
                context.fail(counters.shed(ErrorCode.QUEUE_FULL));
                return;
            }
        }
        queue.add(request);
        active.add(queue);
        waiting.put(context, request);
        if (!alone) {
            serve(List.of(queue));
        }
        if (waiting.containsKey(context)) {
            counters.waited();
            nextDeadlineNanos = Math.min(nextDeadlineNanos, request.deadlineNanos());
        }
        settle();
    }

    private SloQueue queue(String model) {
        SloQueue queue = queues.get(model);
        if (queue == null) {
            queue = new SloQueue(model, settings.maxQueued(), settings.maxQueuedBytes());
            queues.put(model, queue);
        }
        return queue;
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        shares.ended(context);
        serveAll();
    }

    @Override
    public void revoked(RoutingContext context) {
        WaitingRequest request = waiting.get(context);
        if (request != null) {
            leave(request);
            // It may have been the one that others waited behind.
            serveAll();
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        scheduler.fleetChanged();
        shares.keepOnly(snapshot);
        for (SloQueue queue : List.copyOf(queues.values())) {
            ModelView model = snapshot.model(queue.model());
            if (model == null || model.ready().size() == 0) {
                queue.all().forEach(request -> shed(request, ErrorCode.NO_READY_POD));
                queues.remove(queue.model());
            }
        }
        serveAll();
    }

    @Override
    public void woken(long nowNanos) {
        if (nowNanos >= nextDeadlineNanos) {
            expire(nowNanos);
        }
        serveAll();
    }

    @Override
    public void close() {
        active.forEach(queue -> environment.queued(queue.model(), 0));
    }

    private void expire(long now) {
        nextDeadlineNanos = Long.MAX_VALUE;
        for (SloQueue queue : active) {
            for (WaitingRequest request : queue.all()) {
                if (now >= request.deadlineNanos()) {
                    shed(request, request.late());
                } else {
                    nextDeadlineNanos = Math.min(nextDeadlineNanos, request.deadlineNanos());
                }
            }
        }
    }

    // ---- serving

    private void serveAll() {
        if (!waiting.isEmpty()) {
            serve(active);
        }
        settle();
    }

    /** One request of each model in turn, for models may share pods. */
    private void serve(Collection<SloQueue> from) {
        List<SloQueue> serving = new ArrayList<>(from);
        while (!serving.isEmpty()) {
            serving.removeIf(queue -> queue.size() == 0 || !scheduler.step(queue));
        }
    }

    /** Tells how many wait, and sees to being woken. */
    private void settle() {
        if (active.isEmpty()) {
            return;
        }
        for (SloQueue queue : active) {
            if (queue.lengthChanged()) {
                environment.queued(queue.model(), queue.size());
            }
        }
        active.removeIf(queue -> queue.size() == 0);
        if (!waiting.isEmpty()) {
            environment.wakeAt(Math.min(nextDeadlineNanos, environment.nanoTime() + settings.lookAgainNanos()));
        }
    }

    // ---- answers

    private void leave(WaitingRequest request) {
        // One that is answered at once has never waited.
        if (waiting.isEmpty() || waiting.remove(request.context()) == null) {
            return;
        }
        SloQueue queue = queues.get(request.request().model());
        if (queue != null) {
            queue.remove(request);
        }
    }

    private void answered(WaitingRequest request, ErrorCode error) {
        waiting.remove(request.context());
        request.context().fail(counters.shed(error));
    }

    @Override
    public void shed(WaitingRequest request, ErrorCode error) {
        leave(request);
        request.context().fail(counters.shed(error));
    }

    @Override
    public void withoutCandidates(WaitingRequest request) {
        leave(request);
        // The host says which error that is, as it does for a request that has none from the beginning.
        request.context().abstain("no_candidate");
    }

    @Override
    public boolean send(WaitingRequest request, Group group, int pod) {
        leave(request);
        if (!request.context().select(group.pod(pod))) {
            return false;
        }
        shares.sent(request, group, group.share(request));
        if (!group.measured()) {
            counters.unmeasured();
        }
        return true;
    }
}
