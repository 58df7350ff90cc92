package dev.penstock.routers.fairness;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests wait until an endpoint has room for them, and lets users take turns by the tokens that they use.
 * Confined to the thread that holds the shard.
 */
final class FairQueueRouter implements Router {

    static final String STRATEGY = "fair-queue";

    /** So much before the host's own deadline, after which the fallback would choose: a router must be the first. */
    private static final long BEFORE_DEADLINE_NANOS = 20_000_000;

    private final RouterEnvironment environment;
    private final PodLoad load;
    private final FairQueueSettings settings;
    private final Least fewest;
    private final Map<String, FairQueue> queues = new HashMap<>();
    // Those in which something waits, or did a moment ago.
    private final Set<FairQueue> active = new LinkedHashSet<>();
    private final IdentityHashMap<RoutingContext, Waiting> waiting = new IdentityHashMap<>();
    // In flight, and charged for: what they use in the end counts.
    private final IdentityHashMap<RoutingContext, Waiting> sent = new IdentityHashMap<>();
    private final RouterEnvironment.Counter waited;
    private final RouterEnvironment.Counter full;
    private final RouterEnvironment.Counter timeouts;
    private final RouterEnvironment.Counter withoutUser;
    private long nextDeadlineNanos = Long.MAX_VALUE;
    // Found to have no room, in the serving that is going on.
    private @Nullable Candidates withoutRoom;

    FairQueueRouter(RouterEnvironment environment, FairQueueSettings settings) {
        this.environment = environment;
        this.settings = settings;
        load = environment.load();
        fewest = new Least(environment.random());
        waited = environment.counter("waited");
        full = environment.counter("queue_full");
        timeouts = environment.counter("queue_timeout");
        withoutUser = environment.counter("substituted_no_user");
    }

    // ---- what happens

    @Override
    public void route(RoutingContext context) {
        String model = context.request().model();
        FairQueue queue = queues.get(model);
        if (queue != null && queue.size() > 0) {
            queueUp(queue, context);
            return;
        }
        PodView pod = withRoom(context.candidates());
        if (pod != null) {
            // Debts end when nobody waits: nothing would be remembered of it.
            context.select(pod);
            return;
        }
        if (queue == null) {
            queue = new FairQueue(model, settings);
            queues.put(model, queue);
        }
        Waiting request = waiting(queue, context);
        enter(queue, request);
        stay(queue, request);
        settle();
    }

    /** Others wait for the same model. */
    private void queueUp(FairQueue queue, RoutingContext context) {
        Waiting request = waiting(queue, context);
        List<Waiting> displaced = queue.displacedBy(request);
        if (displaced == null) {
            queue.forget(request.flow());
            full.increment();
            context.fail(ErrorCode.QUEUE_FULL);
            return;
        }
        if (!displaced.isEmpty()) {
            displaced.forEach(other -> refuse(other, ErrorCode.QUEUE_FULL, full));
            // Where all others had to go, its user is not known any more.
            request = waiting(queue, context);
        }
        enter(queue, request);
        serve(List.of(queue));
        if (waiting.containsKey(context)) {
            stay(queue, request);
        }
        settle();
    }

    private void enter(FairQueue queue, Waiting request) {
        queue.add(request);
        active.add(queue);
        waiting.put(request.context(), request);
    }

    /** It could not be answered, and has to wait. */
    private void stay(FairQueue queue, Waiting request) {
        if (queue.within()) {
            waited.increment();
            nextDeadlineNanos = Math.min(nextDeadlineNanos, request.deadlineNanos());
        } else {
            // It is alone, and had it not been to wait its size would not have mattered.
            refuse(request, ErrorCode.QUEUE_FULL, full);
        }
    }

    private Waiting waiting(FairQueue queue, RoutingContext context) {
        String user = context.request().user();
        long now = environment.nanoTime();
        long wait = Math.min(settings.maxWaitNanos(), context.deadlineNanos() - now - BEFORE_DEADLINE_NANOS);
        return new Waiting(context, queue.flow(user == null ? "" : user), now + Math.max(0, wait));
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        String user = context.request().user();
        if ((user == null || user.isEmpty()) && context.strategies().contains(STRATEGY)) {
            withoutUser.increment();
            context.note(STRATEGY + "=no_user");
        }
    }

    @Override
    public void firstByte(RoutingContext context, PodView endpoint) {
        Waiting request = sent.get(context);
        if (request != null) {
            request.answered();
        }
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        Waiting request = sent.remove(context);
        if (request != null) {
            request.ended(usage);
        }
        serveAll();
    }

    @Override
    public void revoked(RoutingContext context) {
        Waiting request = waiting.get(context);
        if (request != null) {
            leave(request);
            // It may have been the one that others of its user waited behind.
            serveAll();
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        for (FairQueue queue : List.copyOf(queues.values())) {
            ModelView model = snapshot.model(queue.model());
            if (model == null || model.ready().size() == 0) {
                queue.all().forEach(request -> {
                    leave(request);
                    request.context().fail(ErrorCode.NO_READY_POD);
                });
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
        for (FairQueue queue : active) {
            for (Waiting request : queue.all()) {
                if (now >= request.deadlineNanos()) {
                    refuse(request, ErrorCode.QUEUE_TIMEOUT, timeouts);
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
    private void serve(Collection<FairQueue> from) {
        withoutRoom = null;
        boolean answered = true;
        while (answered) {
            answered = false;
            for (FairQueue queue : from) {
                answered |= queue.serve(request -> offer(queue, request));
            }
        }
        withoutRoom = null;
    }

    private boolean offer(FairQueue queue, Waiting request) {
        Candidates candidates = request.context().currentCandidates();
        if (candidates == withoutRoom) {
            return false;
        }
        if (candidates.size() == 0) {
            leave(request);
            // The host says which error that is, as it does for a request that has none from the beginning.
            request.context().abstain("no_candidate");
            return true;
        }
        PodView pod = withRoom(candidates);
        if (pod == null) {
            withoutRoom = candidates;
            return false;
        }
        // Counted before it leaves: with the last one that waits, debts end.
        queue.sent(request);
        leave(request);
        if (request.context().select(pod)) {
            sent.put(request.context(), request);
        } else {
            request.flow().ended(-request.cost());
        }
        return true;
    }

    /** The pod with the fewest requests in flight, of equal ones any; null where none has room. */
    private @Nullable PodView withRoom(Candidates candidates) {
        fewest.begin((double) settings.maxInFlight());
        for (int i = 0; i < candidates.size(); i++) {
            fewest.offer(i, load.inFlight(candidates.get(i)));
        }
        int index = fewest.draw();
        return index < 0 ? null : candidates.get(index);
    }

    /** Tells how many wait, and sees to being woken. */
    private void settle() {
        if (active.isEmpty()) {
            return;
        }
        for (FairQueue queue : active) {
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

    private void leave(Waiting request) {
        waiting.remove(request.context());
        FairQueue queue = queues.get(request.context().request().model());
        if (queue != null) {
            queue.remove(request);
        }
    }

    private void refuse(Waiting request, ErrorCode error, RouterEnvironment.Counter counter) {
        leave(request);
        counter.increment();
        request.context().fail(error);
    }
}
