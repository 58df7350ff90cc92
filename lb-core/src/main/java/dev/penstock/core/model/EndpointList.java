package dev.penstock.core.model;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Endpoints ordered by group, pod and port. Immutable; any thread may read it. */
public final class EndpointList implements Candidates {

    /** No endpoints. */
    public static final EndpointList EMPTY = new EndpointList(new PodView[0], new String[0], new int[] {0});

    private static final Comparator<PodView> ORDER = Comparator.comparing(PodView::group)
            .thenComparing(PodView::namespace)
            .thenComparing(PodView::name)
            .thenComparingInt(PodView::port);

    private final PodView[] endpoints;
    private final String[] groupNames;
    private final int[] groupStarts;
    private final long[] sortedKeys;

    private EndpointList(PodView[] endpoints, String[] groupNames, int[] groupStarts) {
        this.endpoints = endpoints;
        this.sortedKeys = Arrays.stream(endpoints).mapToLong(EndpointList::key).sorted().toArray();
        this.groupNames = groupNames;
        this.groupStarts = groupStarts;
    }

    /** The endpoints, put into order. */
    public static EndpointList of(List<? extends PodView> endpoints) {
        PodView[] sorted = endpoints.toArray(new PodView[0]);
        Arrays.sort(sorted, ORDER);
        return ofSorted(sorted, sorted.length);
    }

    /**
     * Takes over the first endpoints of an array that is in order already.
     *
     * @param sorted not to be changed afterwards
     * @param size how many of them
     */
    static EndpointList ofSorted(PodView[] sorted, int size) {
        if (size == 0) {
            return EMPTY;
        }
        List<String> names = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (i == 0 || !sorted[i].group().equals(sorted[i - 1].group())) {
                names.add(sorted[i].group());
                starts.add(i);
            }
        }
        starts.add(size);
        PodView[] exact = sorted.length == size ? sorted : Arrays.copyOf(sorted, size);
        return new EndpointList(exact, names.toArray(new String[0]),
                starts.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Those of some candidates that pass a test, in the same order; the very same object if all do. */
    public static Candidates filter(Candidates candidates, Predicate<PodView> test) {
        int size = candidates.size();
        PodView[] kept = new PodView[size];
        int count = 0;
        for (int i = 0; i < size; i++) {
            PodView endpoint = candidates.get(i);
            if (test.test(endpoint)) {
                kept[count++] = endpoint;
            }
        }
        return count == size ? candidates : ofSorted(kept, count);
    }

    @Override
    public int size() {
        return endpoints.length;
    }

    @Override
    public PodView get(int index) {
        return endpoints[index];
    }

    @Override
    public boolean contains(PodView endpoint) {
        return Arrays.binarySearch(sortedKeys, key(endpoint)) >= 0;
    }

    @Override
    public int groups() {
        return groupNames.length;
    }

    @Override
    public String groupName(int group) {
        return groupNames[group];
    }

    @Override
    public int groupStart(int group) {
        return groupStarts[group];
    }

    @Override
    public int groupEnd(int group) {
        return groupStarts[group + 1];
    }

    private static long key(PodView endpoint) {
        return ((long) endpoint.slot() << 32) | (endpoint.generation() & 0xFFFF_FFFFL);
    }

    @Override
    public String toString() {
        return Arrays.toString(endpoints);
    }
}
