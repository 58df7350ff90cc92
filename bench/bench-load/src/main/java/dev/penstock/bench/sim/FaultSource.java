package dev.penstock.bench.sim;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says what goes wrong with the next request: first what was queued for it, then what its header asks for, then the
 * plan. Changed from any thread, asked on the engine's event loop.
 */
final class FaultSource {
    private final boolean headerAllowed;
    private final RandomGenerator random;
    private final ConcurrentLinkedQueue<Fault> queued = new ConcurrentLinkedQueue<>();
    private volatile FaultPlan plan;

    FaultSource(FaultPlan plan, boolean headerAllowed, RandomGenerator random) {
        this.plan = plan;
        this.headerAllowed = headerAllowed;
        this.random = random;
    }

    void plan(FaultPlan newPlan) {
        plan = newPlan;
    }

    void next(Fault fault) {
        queued.add(fault);
    }

    void clear() {
        queued.clear();
        plan = FaultPlan.none();
    }

    /**
     * Returns the fault of this request, or null.
     *
     * @throws ApiException with 400 if its header cannot be read
     */
    @Nullable Fault draw(SimRequest request) {
        Fault first = queued.poll();
        if (first != null) {
            return first;
        }
        String asked = headerAllowed ? request.header("x-sim-fault") : null;
        if (asked == null) {
            return plan.draw(random);
        }
        try {
            return FaultPlan.parse(asked).draw(random);
        } catch (IllegalArgumentException unreadable) {
            throw ApiException.badRequest(String.valueOf(unreadable.getMessage()));
        }
    }
}
