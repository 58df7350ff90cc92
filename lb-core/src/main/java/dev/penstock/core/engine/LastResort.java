package dev.penstock.core.engine;

import dev.penstock.core.port.Figures;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The built-in router that stands in for one that cannot decide: the fewest requests in flight, ties at random. */
final class LastResort {

    private final RandomGenerator random;

    LastResort(RandomGenerator random) {
        this.random = random;
    }

    @Nullable PodView pick(Candidates candidates, Figures figures) {
        PodView best = null;
        int least = Integer.MAX_VALUE;
        int equals = 0;
        for (int i = 0; i < candidates.size(); i++) {
            PodView candidate = candidates.get(i);
            int inFlight = figures.inFlight(candidate);
            if (inFlight < least) {
                least = inFlight;
                best = candidate;
                equals = 1;
            } else if (inFlight == least && random.nextInt(++equals) == 0) {
                best = candidate;
            }
        }
        return best;
    }
}
