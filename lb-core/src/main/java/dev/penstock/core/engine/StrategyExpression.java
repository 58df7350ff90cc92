package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import java.util.List;

/**
 * A strategy as a request names it: one router, or weighted scorers as in {@code least-request:2,session-affinity:1}.
 * Immutable; any thread may read it.
 *
 * @param text as it was written
 * @param items the parts, in order; empty for the fallback
 * @param names names of the parts, in order; kept, because routers ask for them with each request
 * @param needs what has to be prepared of the request, for all parts
 * @param queues whether a part lets requests wait on purpose
 * @param servedOnLoop whether all parts may run on an event loop
 */
public record StrategyExpression(String text, List<Item> items, List<String> names, Needs needs,
        boolean queues, boolean servedOnLoop) {

    /** The built-in router of last resort. */
    public static final StrategyExpression FALLBACK =
            new StrategyExpression("fallback", List.of(), List.of(), Needs.NOTHING, false, true);

    /**
     * A part.
     *
     * @param name name of the strategy
     * @param weight weight of its scores, at least 1
     */
    public record Item(String name, int weight) {}

    static StrategyExpression of(String text, List<Item> items, Needs needs, boolean queues,
            boolean servedOnLoop) {
        return new StrategyExpression(text, items, items.stream().map(Item::name).toList(), needs, queues,
                servedOnLoop);
    }
}
