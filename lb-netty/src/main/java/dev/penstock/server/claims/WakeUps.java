package dev.penstock.server.claims;

import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.upstream.UpstreamPool;
import io.netty.channel.EventLoop;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has models woken that somebody has asked for while they sleep: one call at a time for each pod and model. Nobody
 * waits for it. Any thread.
 */
public final class WakeUps {

    /** Failures that are remembered; beyond it all are forgotten, which costs a call or two. */
    private static final int MOST_FAILURES = 4_096;

    /** A model in a pod. */
    private record Sleeper(String uid, String model) {}

    private final ClaimSettings settings;
    private final Set<Sleeper> asked = ConcurrentHashMap.newKeySet();
    private final Set<Sleeper> failures = ConcurrentHashMap.newKeySet();
    private final Metrics.Count woken;
    private final Metrics.Count failed;
    private final Metrics.Count joined;

    /**
     * Nobody has been asked for anything yet.
     *
     * @param settings where and for how long pods are asked
     * @param metrics what is counted
     */
    public WakeUps(ClaimSettings settings, Metrics metrics) {
        this.settings = settings;
        woken = count(metrics, "woken");
        failed = count(metrics, "failed");
        joined = count(metrics, "joined");
    }

    private static Metrics.Count count(Metrics metrics, String result) {
        return metrics.counter("penstock_model_wake_ups", "Requests for models that sleep, by what came of waking them:"
                + " a pod has agreed, it has not, or it is being asked already.", "result", result);
    }

    /**
     * A model is wanted that no pod serves: one of those where it sleeps is asked to wake it.
     *
     * @param model the model; nothing happens unless it sleeps
     * @param loop the current event loop
     * @param pool the loop's connections
     * @param random from which the name of the operation is made
     */
    public void wanted(Model model, EventLoop loop, UpstreamPool pool, RandomGenerator random) {
        if (model.claimState() != ModelClaim.State.SLEEPING) {
            return;
        }
        ClaimedPod claimed = claimed(model);
        if (claimed == null) {
            return;
        }
        Sleeper sleeper = new Sleeper(claimed.pod().uid(), claimed.claim().model());
        if (!asked.add(sleeper)) {
            joined.increment();
            return;
        }
        UUID operation = new UUID(random.nextLong(), random.nextLong());
        WakeCall call = new WakeCall(loop, claimed, operation, agreed -> ended(sleeper, agreed));
        call.begin(pool, settings);
    }

    /** The first pod that has not failed at it; where all have, they get another chance. */
    private @Nullable ClaimedPod claimed(Model model) {
        ClaimedPod first = null;
        for (ClaimedPod each : model.claims()) {
            if (each.wakeable()) {
                if (!failures.contains(new Sleeper(each.pod().uid(), each.claim().model()))) {
                    return each;
                }
                first = first == null ? each : first;
            }
        }
        if (first != null) {
            model.claims().forEach(each -> failures.remove(new Sleeper(each.pod().uid(), each.claim().model())));
        }
        return first;
    }

    private void ended(Sleeper sleeper, boolean agreed) {
        if (agreed) {
            failures.remove(sleeper);
            woken.increment();
        } else {
            if (failures.size() >= MOST_FAILURES) {
                failures.clear();
            }
            failures.add(sleeper);
            failed.increment();
        }
        // Last: from here on it may be asked again.
        asked.remove(sleeper);
    }
}
