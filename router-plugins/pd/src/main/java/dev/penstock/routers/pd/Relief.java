package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Pods that do both, where pairs have too much to do and these have little. Confined to one thread. */
final class Relief {

    private static final double LITTLE_SECONDS = .25;
    private static final double TOO_MUCH_SECONDS = 1;

    private final PodLoad load;
    private final RandomGenerator random;
    private final Notes notes;

    Relief(PodLoad load, RandomGenerator random, Notes notes) {
        this.load = load;
        this.random = random;
        this.notes = notes;
    }

    /** The pod that takes a request in place of a pair; null where a pair takes it. */
    @Nullable PodView of(RoutingContext context, Fleet fleet, Reports reports) {
        Legs combined = fleet.combined();
        boolean tooMuch = combined.size() > 0
                && (anyBeyond(fleet.prefills(), reports) || anyBeyond(fleet.decodes(), reports));
        if (!tooMuch) {
            return null;
        }
        for (int i = 0; i < combined.size(); i++) {
            combined.cost(i, seconds(combined.pod(i), reports));
        }
        int chosen = combined.cheapest(random);
        if (!(combined.cost(chosen) < LITTLE_SECONDS)) {
            return null;
        }
        PodView pod = combined.pod(chosen);
        notes.tell(context, Note.COMBINED_RELIEF);
        if (!reports.queueKnown(pod.slot())) {
            notes.tell(context, Note.QUEUE_ASSUMED);
        }
        return pod;
    }

    private boolean anyBeyond(Legs legs, Reports reports) {
        for (int i = 0; i < legs.size(); i++) {
            if (seconds(legs.pod(i), reports) > TOO_MUCH_SECONDS) {
                return true;
            }
        }
        return false;
    }

    private double seconds(PodView pod, Reports reports) {
        return reports.queueSeconds(pod.slot(), load.inFlight(pod));
    }
}
