package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests as often as the profiles of their models allow, counted by this process alone, and then asks somebody
 * else. Any thread.
 */
public final class ModelAdmission implements Admission {

    private final Admission next;
    private final SnapshotSource snapshots;
    private final NanoClock clock;
    private final long epochNanos;
    private final ConcurrentMap<String, ModelWindow> windows = new ConcurrentHashMap<>();

    /**
     * Limits that nobody has used yet.
     *
     * @param next who is asked about what has room
     * @param snapshots the fleet as it is
     * @param clock the time
     */
    public ModelAdmission(Admission next, SnapshotSource snapshots, NanoClock clock) {
        this.next = next;
        this.snapshots = snapshots;
        this.clock = clock;
        this.epochNanos = clock.nanoTime();
        snapshots.onPublish(this::forgetGone);
    }

    @Override
    public boolean wants(@Nullable ModelRate rate) {
        return rate != null || next.wants(null);
    }

    @Override
    public void admit(Request request, Consumer<Decision> answer) {
        ModelRate rate = request.rate();
        if (rate == null) {
            next.admit(request, answer);
            return;
        }
        ModelWindow window = window(request.model());
        int taken = window.take(rate, (int) TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - epochNanos));
        if (taken < 0) {
            answer.accept(new Rejected(ErrorCode.MODEL_RPS_EXCEEDED, "model: " + request.model() + " has exceeded RPS: "
                    + told(rate), -(long) taken));
            return;
        }
        Grant grant = new Taken(window, taken);
        if (next.wants(null)) {
            next.admit(request, decision -> answer.accept(joined(grant, decision)));
        } else {
            answer.accept(new Admitted(null, grant));
        }
    }

    private static Decision joined(Grant grant, Decision decision) {
        if (decision instanceof Admitted(String user, Grant more)) {
            return new Admitted(user, more == Grant.NOTHING ? grant : new Both(grant, more));
        }
        grant.refund();
        return decision;
    }

    private static String told(ModelRate rate) {
        return rate.windowSeconds() == 1 ? Integer.toString(rate.requests())
                : rate.requests() + " in " + rate.windowSeconds() + " seconds";
    }

    private ModelWindow window(String model) {
        // get first: computeIfAbsent may take a lock even where there is a value.
        ModelWindow known = windows.get(model);
        return known != null ? known : windows.computeIfAbsent(model, name -> new ModelWindow());
    }

    private void forgetGone() {
        if (!windows.isEmpty()) {
            windows.keySet().removeIf(model -> snapshots.current().model(model) == null);
        }
    }

    private record Taken(ModelWindow window, int began) implements Grant {
        @Override
        public void refund() {
            window.giveBack(began);
        }

        @Override
        public void settle(Usage usage) {}
    }

    private record Both(Grant one, Grant other) implements Grant {
        @Override
        public void refund() {
            one.refund();
            other.refund();
        }

        @Override
        public void settle(Usage usage) {
            one.settle(usage);
            other.settle(usage);
        }
    }
}
