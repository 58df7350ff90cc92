package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request costs at each pod of a model, by the first basis for which any of them has data. Confined to one
 * thread.
 *
 * <p>A pod without data while others have some is never preferred; but one that gets nothing may never have any, since
 * means are those of requests. So where it lacked data for the time of a probe, it counts as good as the best one,
 * until it was sent a request.
 */
final class Costs extends Column {

    private static final int NO_GENERATION = -1;

    private final List<Basis> bases;
    private final PodLoad load;
    private final long probeNanos;
    private @Nullable Basis basis;
    private boolean probeDue;
    private double[] cost = {};
    private double[] perPromptToken = {};
    private double[] perOutputToken = {};
    // By slot: since when there is no data, of which generation.
    private long[] missingSince = {};
    private int[] generation = {};

    /**
     * Costs of which nothing is known yet.
     *
     * @param bases in the order in which they are tried
     * @param probeNanos after which time a pod without data is probed; 0 for never
     */
    Costs(List<Basis> bases, PodLoad load, long probeNanos) {
        this.bases = bases;
        this.load = load;
        this.probeNanos = probeNanos;
    }

    /** What pods are compared by; null where no pod has data for any basis. */
    @Nullable Basis basis() {
        return basis;
    }

    @Override
    void renew(Snapshot snapshot, ModelView model, long nowNanos) {
        grow(snapshot.slots());
        Candidates ready = model.ready();
        basis = null;
        for (int i = 0; i < bases.size() && basis == null; i++) {
            Basis tried = bases.get(i);
            basis = fill(tried, model, ready) ? tried : null;
        }
        probeDue = false;
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            int slot = pod.slot();
            if (generation[slot] != pod.generation() || has(slot)) {
                generation[slot] = pod.generation();
                missingSince[slot] = nowNanos;
            }
            probeDue |= due(slot, nowNanos);
        }
    }

    private boolean fill(Basis by, ModelView model, Candidates ready) {
        Arrays.fill(cost, Double.NaN);
        boolean any = false;
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            int slot = pod.slot();
            double value = by.cost().of(load, model, pod);
            if (Double.isFinite(value)) {
                cost[slot] = value;
                any = true;
                if (by.byTokens()) {
                    perPromptToken[slot] = by.perPromptToken().of(load, model, pod);
                    perOutputToken[slot] = by.perOutputToken().of(load, model, pod);
                }
            }
        }
        return any;
    }

    /** Fills in the cost of each candidate; NaN for those without data. */
    void score(Candidates candidates, double promptTokens, double outputTokens, long nowNanos, double[] scores) {
        double least = Double.POSITIVE_INFINITY;
        Basis by = basis;
        boolean byTokens = by != null && by.byTokens();
        for (int i = 0; i < candidates.size(); i++) {
            int slot = candidates.get(i).slot();
            double score = cost[slot];
            if (byTokens) {
                score += promptTokens * perPromptToken[slot] + outputTokens * perOutputToken[slot];
            }
            scores[i] = score;
            least = score < least ? score : least;
        }
        if (probeDue && least < Double.POSITIVE_INFINITY) {
            for (int i = 0; i < candidates.size(); i++) {
                if (due(candidates.get(i).slot(), nowNanos)) {
                    scores[i] = least;
                }
            }
        }
    }

    /** Whether there is data for the pod in a slot. */
    boolean has(int slot) {
        return !Double.isNaN(cost[slot]);
    }

    /** A request was sent to the pod in a slot: that was the probe, if one was due. */
    void sent(int slot, long nowNanos) {
        missingSince[slot] = nowNanos;
    }

    private boolean due(int slot, long nowNanos) {
        return probeNanos > 0 && basis != null && !has(slot) && nowNanos - missingSince[slot] >= probeNanos;
    }

    private void grow(int slots) {
        int before = cost.length;
        if (slots > before) {
            int size = Math.max(slots, 2 * before);
            cost = new double[size];
            perPromptToken = new double[size];
            perOutputToken = new double[size];
            missingSince = Arrays.copyOf(missingSince, size);
            generation = Arrays.copyOf(generation, size);
            Arrays.fill(generation, before, size, NO_GENERATION);
        }
    }
}
