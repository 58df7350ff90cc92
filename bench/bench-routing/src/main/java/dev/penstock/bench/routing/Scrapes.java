package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Asks engines for their metrics, each one once in an interval, at a time of its own within it. Confined to one thread.
 */
final class Scrapes {

    /** The default of {@code scrape.interval}. */
    static final long INTERVAL_NANOS = 1_000_000_000L;

    private record Turn(long offsetNanos, Scrape scrape) {}

    private final List<Turn> turns;
    private long intervalBegan;
    private int turn;

    /**
     * No engine has been asked.
     *
     * @param scrapes who is asked
     * @param begin when the first interval begins
     * @param seed of the times within it
     */
    Scrapes(List<Scrape> scrapes, long begin, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Turn> some = new ArrayList<>(scrapes.size());
        for (Scrape scrape : scrapes) {
            some.add(new Turn(random.nextLong(INTERVAL_NANOS), scrape));
        }
        some.sort(Comparator.comparingLong(Turn::offsetNanos));
        turns = some;
        intervalBegan = begin;
    }

    /** When the next engine is asked. */
    long next() {
        return intervalBegan + turns.get(turn).offsetNanos;
    }

    /** Asks the engine whose time it is at {@link #next}. */
    void run() {
        turns.get(turn).scrape.read(next());
        if (++turn == turns.size()) {
            turn = 0;
            intervalBegan += INTERVAL_NANOS;
        }
    }
}
