package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where pods of a role differ too much in what they have to do, no policy is asked: the one with the least is taken,
 * and the other role is narrowed to its roleset. Confined to one thread.
 */
final class Gates {

    private final PdSettings.Spreads spreads;
    private final PodLoad load;
    private final RandomGenerator random;
    private final Notes notes;
    private final Survey survey = new Survey();

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
        survey.take(decodes, reports);
        Note why = differing(decodes, reports);
        if (why != null) {
            int chosen = decodes.cheapest(random);
            decodes.narrowTo(chosen);
            prefills.narrowToSet(decodes.set(chosen));
            prefills.measure(load);
            decodes.measure(load);
            survey.take(decodes, reports);
            notes.tell(context, why);
        }
    }

    /** Why decode pods differ too much, with what they are to be compared by for costs; null where they do not. */
    private @Nullable Note differing(Legs decodes, Reports reports) {
        if (decodes.most() - decodes.fewest() >= spreads.decodeRequests()) {
            for (int i = 0; i < decodes.size(); i++) {
                decodes.cost(i, decodes.requests(i));
            }
            return Note.GATE_REQUESTS;
        }
        if (survey.throughputSpread() > spreads.decodeThroughput()) {
            for (int i = 0; i < decodes.size(); i++) {
                double tokens = reports.throughput(decodes.slot(i));
                decodes.cost(i, Double.isNaN(tokens) ? Double.POSITIVE_INFINITY : tokens);
            }
            return Note.GATE_THROUGHPUT;
        }
        if (survey.drainRatio() > spreads.drainRatio()) {
            for (int i = 0; i < decodes.size(); i++) {
                decodes.cost(i, Survey.seconds(decodes.requests(i), reports.drainRate(decodes.slot(i))));
            }
            return Note.GATE_DRAIN;
        }
        return null;
    }

    /** What the decode pods that are left report. */
    Survey survey() {
        return survey;
    }
}
