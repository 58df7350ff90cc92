package dev.penstock.cache.limits;

import dev.penstock.cache.limits.LimitCounts.Kind;
import dev.penstock.cache.limits.LimitSettings.OnFailure;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Metrics;
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
 * Admits requests as often as the profiles of their models allow, and as many at one time; counted in Redis, or by this
 * process alone. Any thread.
 */
public final class ModelAdmission implements Admission {

    private static final String PART = "models";

    private final LimitSettings settings;
    private final @Nullable SharedModels shared;
    private final SnapshotSource snapshots;
    private final NanoClock clock;
    private final LimitCounts metrics;
    private final long epochNanos;
    private final RedisPatience patience = new RedisPatience();
    private final ConcurrentMap<String, ModelCounts> counts = new ConcurrentHashMap<>();

    /**
     * Limits that nobody has used yet, counted by this process alone.
     *
     * @param snapshots the fleet as it is
     * @param clock the time
     */
    public ModelAdmission(SnapshotSource snapshots, NanoClock clock, Metrics metrics) {
        this(LimitSettings.defaults(), null, snapshots, clock, metrics);
    }

    /**
     * Limits that are counted elsewhere.
     *
     * @param settings for how long that is waited for, and what is done while it does not answer
     * @param shared where; null for in this process alone
     */
    ModelAdmission(LimitSettings settings, @Nullable SharedModels shared, SnapshotSource snapshots, NanoClock clock,
            Metrics metrics) {
        this.settings = settings;
        this.shared = shared;
        this.snapshots = snapshots;
        this.clock = clock;
        this.metrics = new LimitCounts(metrics, PART);
        this.epochNanos = clock.nanoTime();
        snapshots.onPublish(this::forgetGone);
    }

    @Override
    public boolean wants(@Nullable ModelRate rate, @Nullable String user, @Nullable ApiKey key) {
        return rate != null;
    }

    @Override
    public void admit(Request request, Consumer<Decision> answer) {
        ModelRate rate = request.rate();
        SharedModels asked = shared;
        if (rate == null) {
            answer.accept(Admitted.FREELY);
        } else if (asked == null) {
            answer.accept(local(request.model(), rate));
        } else if (!patience.asks(clock.nanoTime())) {
            answer.accept(unanswered(request.model(), rate));
        } else {
            var unused = asked.take(request.model(), rate).whenComplete((take, error) -> {
                if (error != null) {
                    answer.accept(unanswered(request.model(), rate));
                    return;
                }
                if (clock.nanoTime() - request.deadlineNanos() < 0) {
                    patience.answered();
                }
                answer.accept(switch (take.exceeded()) {
                    case NOTHING -> new Admitted(null, new SharedGrant(asked, request.model(), rate, take));
                    case REQUESTS -> tooOften(request.model(), rate, take.retrySeconds());
                    case IN_FLIGHT -> tooMany(request.model(), rate);
                });
            });
        }
    }

    @Override
    public long deadlineNanos() {
        return settings.deadlineNanos();
    }

    @Override
    public Decision late(Request request) {
        ModelRate rate = request.rate();
        if (rate == null) {
            return Admitted.FREELY;
        }
        metrics.late();
        patience.late(clock.nanoTime());
        return unanswered(request.model(), rate);
    }

    /** Redis has not answered. */
    private Decision unanswered(String model, ModelRate rate) {
        if (settings.modelsOnFailure() == OnFailure.CLOSED) {
            metrics.refused(Kind.UNAVAILABLE);
            return new Rejected(ErrorCode.LIMITS_UNAVAILABLE, ErrorCode.LIMITS_UNAVAILABLE.message(), 1);
        }
        metrics.local();
        return local(model, rate);
    }

    private Decision local(String model, ModelRate rate) {
        ModelCounts here = counts(model);
        if (!here.enters(rate)) {
            return tooMany(model, rate);
        }
        int taken = here.take(rate, (int) TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - epochNanos));
        if (taken < 0) {
            here.leaves(rate);
            return tooOften(model, rate, -(long) taken);
        }
        return new Admitted(null, new LocalGrant(here, rate, taken));
    }

    private Decision tooOften(String model, ModelRate rate, long retrySeconds) {
        metrics.refused(Kind.MODEL_REQUESTS);
        return new Rejected(ErrorCode.MODEL_RPS_EXCEEDED, "model: " + model + " has exceeded RPS: " + told(rate),
                retrySeconds);
    }

    private Decision tooMany(String model, ModelRate rate) {
        metrics.refused(Kind.MODEL_IN_FLIGHT);
        return new Rejected(ErrorCode.MODEL_INFLIGHT_EXCEEDED, "model: " + model + " has exceeded inflight limit: "
                + rate.inFlight(), 1);
    }

    private static String told(ModelRate rate) {
        return rate.windowSeconds() == 1 ? Integer.toString(rate.requests())
                : rate.requests() + " in " + rate.windowSeconds() + " seconds";
    }

    private ModelCounts counts(String model) {
        // get first: computeIfAbsent may take a lock even where there is a value.
        ModelCounts known = counts.get(model);
        return known != null ? known : counts.computeIfAbsent(model, name -> new ModelCounts());
    }

    private void forgetGone() {
        if (!counts.isEmpty()) {
            counts.keySet().removeIf(model -> snapshots.current().model(model) == null);
        }
    }

    private record LocalGrant(ModelCounts counts, ModelRate rate, int began) implements Grant {
        @Override
        public void refund() {
            counts.giveBack(rate, began);
            counts.leaves(rate);
        }

        @Override
        public void settle(Usage usage) {
            counts.leaves(rate);
        }
    }

    private record SharedGrant(SharedModels shared, String model, ModelRate rate, ModelTake take) implements Grant {
        @Override
        public void refund() {
            shared.giveBack(model, rate, take);
        }

        @Override
        public void settle(Usage usage) {
            shared.ended(model, take);
        }
    }
}
