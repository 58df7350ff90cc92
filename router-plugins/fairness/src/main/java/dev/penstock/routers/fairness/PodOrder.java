package dev.penstock.routers.fairness;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The places of some candidates in an order that depends on nothing but their names, so that it is the same for each
 * request and in each replica. Immutable.
 */
final class PodOrder {

    private static final Comparator<PodView> BY_NAME = Comparator.comparing(PodView::namespace)
            .thenComparing(PodView::name).thenComparingInt(PodView::port);

    private final Candidates candidates;
    private final int[] indexes;
    private final int[] places;

    PodOrder(Candidates candidates) {
        this.candidates = candidates;
        Integer[] sorted = new Integer[candidates.size()];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, (one, other) -> BY_NAME.compare(candidates.get(one), candidates.get(other)));
        indexes = new int[sorted.length];
        places = new int[sorted.length];
        for (int place = 0; place < sorted.length; place++) {
            indexes[place] = sorted[place];
            places[indexes[place]] = place;
        }
    }

    /** Whether it is that of these very candidates: most requests of a model have the same ones. */
    boolean isOf(Candidates others) {
        return candidates == others;
    }

    int size() {
        return indexes.length;
    }

    /** The pod at a place. */
    PodView pod(int place) {
        return candidates.get(indexes[place]);
    }

    /** The place of a candidate, by its index. */
    int place(int index) {
        return places[index];
    }
}
