package dev.penstock.routers.kvcache;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.util.HashSet;
import java.util.Set;

/**
 * The least of the {@linkplain PredictedCosts predicted costs}, but a request waits here until the pod at which it
 * costs least has little to prefill: so it is decided late, when more is known, and those that take little may go
 * first. Confined to the thread that holds the shard.
 */
final class HeldRouter implements Router {

    /** So much before the host's own deadline, after which the fallback would choose: a router must be the first. */
    private static final long BEFORE_DEADLINE_NANOS = 20_000_000;
    // Requests that are looked at in one go: each costs a match of its prompt.
    private static final int LOOKS = 64;

    private final RouterEnvironment environment;
    private final HeldSettings settings;
    private final ShardCaches caches;
    private final PredictedCosts costs;
    private final HeldRequests held;
    private final RouterEnvironment.Counter waited;
    private final RouterEnvironment.Counter full;
    private final RouterEnvironment.Counter timeouts;
    private long number;
    private long nextDeadlineNanos = Long.MAX_VALUE;

    HeldRouter(RouterEnvironment environment) {
        this.environment = environment;
        settings = HeldSettings.of(environment);
        caches = ShardCaches.of(environment);
        costs = new PredictedCosts(environment, caches);
        held = new HeldRequests(settings.maxQueued(), settings.maxQueuedBytes());
        waited = environment.counter("waited");
        full = environment.counter("queue_full");
        timeouts = environment.counter("queue_timeout");
    }

    // ---- what happens

    @Override
    public void route(RoutingContext context) {
        if (held.size() == 0) {
            Candidates candidates = context.candidates();
            PodView pod = candidates.get(costs.best(context, candidates));
            if (hasRoom(pod)) {
                context.select(pod);
                return;
            }
        }
        HeldRequest request = request(context);
        if (!held.add(request)) {
            full.increment();
            context.fail(ErrorCode.QUEUE_FULL);
            return;
        }
        nextDeadlineNanos = Math.min(nextDeadlineNanos, request.deadlineNanos());
        serve();
        if (held.of(context) != null) {
            waited.increment();
        }
    }

    private HeldRequest request(RoutingContext context) {
        long now = environment.nanoTime();
        long wait = Math.min(settings.maxWaitNanos(), context.deadlineNanos() - now - BEFORE_DEADLINE_NANOS);
        double key = now / 1e9;
        if (settings.shortFirst() > 0) {
            key += settings.shortFirst() * prefillSeconds(context);
        }
        return new HeldRequest(context, key, ++number, now + Math.max(0, wait));
    }

    /** What a prompt takes to prefill where most of it is cached. */
    private double prefillSeconds(RoutingContext context) {
        int cached = caches.match(context).most();
        int any = caches.rows(context.candidates()).row(0);
        return caches.size(context.request()).uncached(cached) / caches.work().tokensPerSecond(any);
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        serve();
    }

    @Override
    public void firstByte(RoutingContext context, PodView endpoint) {
        serve();
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        serve();
    }

    @Override
    public void revoked(RoutingContext context) {
        HeldRequest request = held.of(context);
        if (request != null) {
            held.remove(request);
            settle();
        }
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        Set<String> without = new HashSet<>();
        for (String name : held.models()) {
            ModelView model = snapshot.model(name);
            if (model == null || model.ready().size() == 0) {
                without.add(name);
            }
        }
        if (!without.isEmpty()) {
            for (HeldRequest request : held.all()) {
                if (without.contains(request.model())) {
                    held.remove(request);
                    request.context().fail(ErrorCode.NO_READY_POD);
                }
            }
        }
        serve();
    }

    @Override
    public void woken(long nowNanos) {
        if (nowNanos >= nextDeadlineNanos) {
            expire(nowNanos);
        }
        serve();
    }

    @Override
    public void close() {
        held.models().forEach(model -> environment.queued(model, 0));
    }

    private void expire(long now) {
        nextDeadlineNanos = Long.MAX_VALUE;
        for (HeldRequest request : held.all()) {
            if (now >= request.deadlineNanos()) {
                held.remove(request);
                timeouts.increment();
                request.context().fail(ErrorCode.QUEUE_TIMEOUT);
            } else {
                nextDeadlineNanos = Math.min(nextDeadlineNanos, request.deadlineNanos());
            }
        }
    }

    // ---- serving

    private void serve() {
        costs.held(held.size());
        sendOne();
        settle();
    }

    /**
     * Sends the first of the requests whose best pod has room. The others are looked at when all have heard of that, in
     * {@link #chosen}: until then the pod would seem to have nothing to do.
     */
    private void sendOne() {
        HeldRequest request = held.after(null);
        for (int i = 0; i < LOOKS && request != null; i++) {
            RoutingContext context = request.context();
            Candidates candidates = context.currentCandidates();
            if (candidates.size() == 0) {
                held.remove(request);
                // The host says which error that is, as it does for a request that has none from the beginning.
                context.abstain("no_candidate");
            } else if (anyRoom(candidates)) {
                PodView pod = candidates.get(costs.best(context, candidates));
                if (hasRoom(pod)) {
                    held.remove(request);
                    if (context.select(pod)) {
                        return;
                    }
                }
            }
            request = held.after(request);
        }
    }

    private boolean anyRoom(Candidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (hasRoom(candidates.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean hasRoom(PodView pod) {
        return costs.waitingSeconds(pod) * 1e9 < settings.workNanos();
    }

    /** Tells how many wait, and sees to being woken. */
    private void settle() {
        held.tell(environment::queued);
        if (held.size() > 0) {
            environment.wakeAt(Math.min(nextDeadlineNanos, environment.nanoTime() + settings.lookAgainNanos()));
        } else {
            nextDeadlineNanos = Long.MAX_VALUE;
        }
    }
}
