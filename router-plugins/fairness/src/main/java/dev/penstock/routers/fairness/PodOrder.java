package dev.penstock.routers.fairness;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The places of pods in an order that depends on nothing but their names, so that it is the same for each request and
 * in each replica. Confined to one thread.
 */
final class PodOrder {

    private static final Comparator<PodView> BY_NAME = Comparator.comparing(PodView::namespace)
            .thenComparing(PodView::name).thenComparingInt(PodView::port);

    private @Nullable Candidates candidates;
    private int[] places = {};

    /**
     * The place of each candidate, by its index.
     *
     * @return not to be changed, nor kept
     */
    int[] places(Candidates of) {
        // Most requests have the same candidates as the one before.
        if (of != candidates) {
            Integer[] indexes = new Integer[of.size()];
            Arrays.setAll(indexes, i -> i);
            Arrays.sort(indexes, (one, other) -> BY_NAME.compare(of.get(one), of.get(other)));
            places = new int[of.size()];
            for (int place = 0; place < indexes.length; place++) {
                places[indexes[place]] = place;
            }
            candidates = of;
        }
        return places;
    }
}
