package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;

/**
 * Where pods of a role differ too much in what they have to do, no policy is asked: the one with the least is taken,
 * and the other role is narrowed to its roleset. Confined to one thread.
 */
final class Gates {

    private static final double LEAST_RATE = .1;

    private final PdSettings.Spreads spreads;
    private final PodLoad load;
    private final RandomGenerator random;
    private final Notes notes;

    Gates(PdSettings.Spreads spreads, PodLoad load, RandomGenerator random, Notes notes) {
        this.spreads = spreads;
        this.load = load;
        this.random = random;
        this.notes = notes;
    }

    /** Measures both roles, and narrows them; what is left is measured as it is left. */
    void pass(RoutingContext context, Legs prefills, Legs decodes, Reports reports) {
        prefills.measure(load);
        if (prefills.most() - prefills.fewest() > spreads.prefillRequests()) {
            int chosen = prefills.leastBusy(random);
            prefills.narrowTo(chosen);
            decodes.narrowToSet(prefills.set(chosen));
            prefills.measure(load);
            notes.tell(context, Note.GATE_PREFILL);
        }
        decodes.measure(load);
        if (decodes.most() - decodes.fewest() >= spreads.decodeRequests()) {
            narrow(context, prefills, decodes, decodes.leastBusy(random), Note.GATE_REQUESTS);
        } else if (throughputDiffers(decodes, reports)) {
            narrow(context, prefills, decodes, decodes.cheapest(random), Note.GATE_THROUGHPUT);
        } else if (drainDiffers(decodes, reports)) {
            narrow(context, prefills, decodes, decodes.cheapest(random), Note.GATE_DRAIN);
        }
    }

    private void narrow(RoutingContext context, Legs prefills, Legs decodes, int chosen, Note why) {
        decodes.narrowTo(chosen);
        prefills.narrowToSet(decodes.set(chosen));
        prefills.measure(load);
        decodes.measure(load);
        notes.tell(context, why);
    }

    private boolean throughputDiffers(Legs decodes, Reports reports) {
        double fewest = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < decodes.size(); i++) {
            double tokens = reports.throughput(decodes.pod(i).slot());
            decodes.cost(i, tokens);
            if (decodes.left(i) && !Double.isNaN(tokens)) {
                fewest = Math.min(fewest, tokens);
                most = Math.max(most, tokens);
            }
        }
        return most - fewest > spreads.decodeThroughput();
    }

    private boolean drainDiffers(Legs decodes, Reports reports) {
        double soonest = Double.POSITIVE_INFINITY;
        double latest = 0;
        for (int i = 0; i < decodes.size(); i++) {
            if (!decodes.left(i)) {
                continue;
            }
            double rate = reports.drainRate(decodes.pod(i).slot());
            if (!(rate > 0)) {
                return false;
            }
            double seconds = decodes.requests(i) / Math.max(rate, LEAST_RATE);
            decodes.cost(i, seconds);
            soonest = Math.min(soonest, seconds);
            latest = Math.max(latest, seconds);
        }
        // Nothing in flight anywhere is 0 / 0, which is not more than anything.
        return latest / soonest > spreads.drainRatio();
    }
}
