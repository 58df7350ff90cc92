package dev.penstock.server.exchange;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.TrafficSplit;
import java.util.List;
import java.util.SplittableRandom;

/** The model that a request for a name goes to. Holds no state. */
final class SplitTarget {

    private SplitTarget() {
    }

    /**
     * The model itself, or one of those over which its requests are split: each gets its share, and the shares of those
     * that have no endpoint ready are the others'. Where none has, any of them.
     */
    static Model of(Model named, Fleet fleet, SplittableRandom random) {
        TrafficSplit split = named.split();
        if (split == null) {
            return named;
        }
        Model drawn = model(split.target(random.nextInt(split.total())), named, fleet);
        if (ready(drawn)) {
            return drawn;
        }
        int total = 0;
        List<TrafficSplit.Target> targets = split.targets();
        for (TrafficSplit.Target target : targets) {
            total += ready(model(target.model(), named, fleet)) ? target.weight() : 0;
        }
        int left = total == 0 ? 0 : random.nextInt(total);
        for (TrafficSplit.Target target : targets) {
            Model model = model(target.model(), named, fleet);
            if (ready(model)) {
                left -= target.weight();
                if (left < 0) {
                    return model;
                }
            }
        }
        return drawn;
    }

    private static boolean ready(Model model) {
        return model.ready().size() > 0;
    }

    private static Model model(String name, Model named, Fleet fleet) {
        Model found = name.equals(named.name()) ? named : fleet.model(name);
        return found == null ? named : found;
    }
}
