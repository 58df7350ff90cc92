package org.example.labelweighted;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.Map;

/**
 * Chooses the pod with the fewest requests in flight for what it can do: one with the label {@code weight=4} gets four
 * times the requests of one with {@code weight=1}.
 *
 * <p>Plain fields are enough. All methods are called by one thread at a time, each call after the one before it. What a
 * router must not do is wait, be it for a lock, a socket or a file: requests wait meanwhile.
 */
final class LabelWeightedRouter implements Scorer {

    private final RouterEnvironment environment;
    private final String label;
    private final double defaultWeight;
    private final RouterEnvironment.Counter unlabeled;

    // By UID: a slot is used again when its pod has left, and so is a name.
    private final Map<String, Double> weights = new HashMap<>();

    LabelWeightedRouter(RouterEnvironment environment) {
        this.environment = environment;
        this.label = environment.text(LabelWeightedProvider.LABEL);
        this.defaultWeight = environment.decimal(LabelWeightedProvider.DEFAULT_WEIGHT);
        // On /metrics as penstock_router_events_total{strategy="label-weighted",event="unlabeled"}.
        this.unlabeled = environment.counter("unlabeled");
    }

    /** One request. The candidates are ready, and pass the filter of the request; there is at least one. */
    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        PodView best = candidates.get(0);
        double least = score(best);
        int equals = 1;
        for (int i = 1; i < candidates.size(); i++) {
            PodView candidate = candidates.get(i);
            double score = score(candidate);
            if (score < least) {
                best = candidate;
                least = score;
                equals = 1;
            } else if (score == least && environment.random().nextInt(++equals) == 0) {
                // Ties at random, or the first pod would get every request of an idle fleet.
                best = candidate;
            }
        }
        // Counted in flight in this very step: the next request sees it.
        context.select(best);
    }

    /** As a part of an expression: one score for each candidate. Penstock weighs and adds them. */
    @Override
    public void score(RoutingContext context, double[] scores) {
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(context.candidates().get(i));
        }
    }

    @Override
    public Polarity polarity() {
        return Polarity.LEAST;
    }

    /** The fleet has changed, and labels with it. */
    @Override
    public void snapshotChanged(Snapshot snapshot) {
        weights.clear();
    }

    // The load that a pod would have with this request, for what it can do.
    private double score(PodView pod) {
        return (environment.load().inFlight(pod) + 1) / weights.computeIfAbsent(pod.uid(), uid -> weight(pod));
    }

    private double weight(PodView pod) {
        String text = pod.labels().get(label);
        if (text != null) {
            try {
                double weight = Double.parseDouble(text);
                if (weight > 0 && weight < Double.POSITIVE_INFINITY) {
                    return weight;
                }
            } catch (NumberFormatException e) {
                // As if it had none: what stands in a label must not fail a request.
            }
        }
        unlabeled.increment();
        return defaultWeight;
    }
}
