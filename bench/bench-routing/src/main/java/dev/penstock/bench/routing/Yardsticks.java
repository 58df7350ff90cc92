package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.List;

/**
 * Hit ratios that say what can be had of a trace, whatever the strategy. No clock: one request after the other.
 *
 * @param ideal one cache without bound
 * @param roundRobinUnbounded round robin over as many caches without bound as there are pods
 * @param pooled one cache as large as those of all pods together: the most that caches of this kind can give
 * @param roundRobin round robin over caches as large as those of the pods
 */
record Yardsticks(double ideal, double roundRobinUnbounded, double pooled, double roundRobin) {

    /** What the conversation trace has before the standard fleet, to three digits. */
    private static final Yardsticks EXPECTED = new Yardsticks(0.366, 0.136, 0.182, 0.062);
    private static final double TOLERANCE = 0.0006;

    static Yardsticks of(Trace trace, FleetModel model) {
        int unbounded = trace.blockNumbers() + 1;
        return new Yardsticks(hits(trace, 1, unbounded), hits(trace, model.pods(), unbounded),
                hits(trace, 1, model.pods() * model.blocks()), hits(trace, model.pods(), model.blocks()));
    }

    /** What is wrong with the yardsticks of the conversation trace; nothing where the simulation is to be believed. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        check(wrong, "one cache without bound", ideal, EXPECTED.ideal);
        check(wrong, "round robin over caches without bound", roundRobinUnbounded, EXPECTED.roundRobinUnbounded);
        check(wrong, "one pooled cache", pooled, EXPECTED.pooled);
        check(wrong, "round robin", roundRobin, EXPECTED.roundRobin);
        return wrong;
    }

    private static void check(List<String> wrong, String name, double is, double expected) {
        if (Math.abs(is - expected) > TOLERANCE) {
            wrong.add(String.format(java.util.Locale.ROOT, "hit ratio of %s: %.4f (expected: %.3f)", name, is,
                    expected));
        }
    }

    private static double hits(Trace trace, int caches, int capacity) {
        List<BlockCache> all = new ArrayList<>();
        for (int i = 0; i < caches; i++) {
            all.add(new BlockCache(capacity, trace.blockNumbers()));
        }
        long hits = 0;
        int turn = 0;
        for (Trace.Request request : trace.requests()) {
            BlockCache cache = all.get(turn++ % caches);
            hits += cache.matched(request.blocks());
            if (cache.take(request.blocks(), 0)) {
                cache.give(request.blocks(), 0);
            }
        }
        return (double) hits / trace.blocks();
    }
}
