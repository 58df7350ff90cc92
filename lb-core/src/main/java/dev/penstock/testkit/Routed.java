package dev.penstock.testkit;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request that was given to a shard: what became of it, and what happens to it at its pod. Until it is
 * {@linkplain #answered answered}, all that asks for the answer throws {@link AssertionError}.
 *
 * <p>Confined to the test's thread.
 */
public final class Routed {

    private final FakeRequest request;
    private RoutingAttempt attempt;
    private int answers;
    private boolean late;
    private boolean given;
    private boolean prefilled;

    /**
     * A request on its way.
     *
     * @param request the request
     * @param attempt made for it, with {@link #answer} as its owner
     */
    Routed(FakeRequest request, Attempted attempt) {
        this.request = request;
        this.attempt = attempt.ownedBy(this::answer);
    }

    /** Makes the attempt for an owner. */
    @FunctionalInterface
    interface Attempted {
        RoutingAttempt ownedBy(RoutingAttempt.Owner owner);
    }

    private void answer(RoutingAttempt answered) {
        attempt = answered;
        answers++;
    }

    /** The attempt behind it. */
    RoutingAttempt attempt() {
        return attempt;
    }

    /** What the proxy does at the deadline: the fallback is asked once, then the request ends. */
    @Nullable RoutingAttempt expire(long now, Duration patience) {
        if (answers > 0 || given || now - attempt.deadlineNanos() < 0 || !attempt.cancel()) {
            return null;
        }
        given = late;
        if (late) {
            return null;
        }
        late = true;
        attempt = attempt.againByFallback(now + patience.toNanos());
        return attempt;
    }

    /** The request. */
    public FakeRequest request() {
        return request;
    }

    /** Whether the answer is there. A router that answers later has not answered before the shard is served again. */
    public boolean answered() {
        return answers > 0 || given;
    }

    /** Name of the pod that was chosen, or null where none was: then there is an {@link #error}. */
    public @Nullable String pod() {
        PodView endpoint = endpoint();
        return endpoint == null ? null : endpoint.name();
    }

    /** {@code host:port} of the pod that was chosen, as in the header {@code target-pod-ip}, or null where none was. */
    public @Nullable String address() {
        PodView endpoint = endpoint();
        return endpoint == null ? null : endpoint.address();
    }

    /** The endpoint that was chosen, or null where none was. */
    public @Nullable PodView endpoint() {
        Plan plan = answeredOnce().plan();
        return plan == null ? null : plan.endpoint();
    }

    /** What was chosen, or null where nothing was. */
    public @Nullable Plan plan() {
        return answeredOnce().plan();
    }

    /** Name of the pod that computes the prompt, or null where the pod of the answer does, or none was chosen. */
    public @Nullable String prefillPod() {
        return plan() instanceof Plan.PrefillDecode pair ? pair.prefill().name() : null;
    }

    /** Why no pod was chosen, or null where one was. */
    public @Nullable ErrorCode error() {
        return given ? ErrorCode.ROUTING_TIMEOUT : answeredOnce().error();
    }

    /**
     * Why the fallback chose, or null where the strategy did: the reason that the router abstained with;
     * {@code router_failed} where it threw; {@code invalid_answer} where it answered something that is no candidate;
     * {@code breaker_open} after five failures in a row; {@code endpoint_left} where the pod of a later answer has
     * left; {@code deadline} where no answer came in time.
     */
    public @Nullable String fallbackReason() {
        String reason = answeredOnce().fallbackReason();
        return late ? "deadline" : reason;
    }

    /** The headers that routers added to the client's answer, in their order. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        List<String> pairs = answeredOnce().responseHeaders();
        for (int i = 0; i < pairs.size(); i += 2) {
            headers.put(pairs.get(i), pairs.get(i + 1));
        }
        return headers;
    }

    /** The pod sends the first byte of its answer. Routers hear of it when the shard is served next. */
    public void firstByte() {
        Objects.requireNonNull(endpoint(), "no pod was chosen");
        attempt.firstByte();
    }

    /**
     * The prefill pod has computed the prompt: its answer begins and ends. Routers hear of it when the shard is served
     * next. Further calls do nothing.
     *
     * @throws AssertionError where no prefill pod was chosen
     */
    public void prefilled() {
        if (prefillPod() == null) {
            throw new AssertionError(this + " (expected: a prefill pod)");
        }
        if (!prefilled) {
            prefilled = true;
            attempt.prefillFirstByte();
            attempt.prefillEnded();
        }
    }

    /** The pod's answer has ended, without a word about tokens. */
    public void ended() {
        ended(Usage.UNKNOWN);
    }

    /**
     * The pod's answer has ended, and is not in flight any more; nor is it at a prefill pod. Routers hear of it when
     * the shard is served next. Further calls do nothing.
     *
     * @param usage the tokens that the engine counted
     */
    public void ended(Usage usage) {
        attempt.ended(usage);
    }

    /**
     * The client goes away before there is an answer.
     *
     * @return whether that was in time: true where no answer will ever come, and what the router still says is in vain
     */
    public boolean cancel() {
        return attempt.cancel();
    }

    private RoutingAttempt answeredOnce() {
        if (!given && answers != 1) {
            throw new AssertionError(request + " was answered " + answers + " times (expected: once)");
        }
        return attempt;
    }

    @Override
    public String toString() {
        if (!answered()) {
            return request + ": not answered";
        }
        String fallback = fallbackReason() == null ? "" : " (fallback: " + fallbackReason() + ")";
        String prefill = prefillPod() == null ? "" : prefillPod() + " then ";
        return request + ": " + (pod() == null ? String.valueOf(error()) : prefill + pod() + fallback);
    }
}
