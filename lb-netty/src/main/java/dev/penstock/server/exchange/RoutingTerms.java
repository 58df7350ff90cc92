package dev.penstock.server.exchange;

import dev.penstock.core.engine.LabelSelector;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import org.jspecify.annotations.Nullable;

/** By what a request is routed: the model's word, the client's headers and the settings, in this order. */
sealed interface RoutingTerms {

    /**
     * The request can be routed.
     *
     * @param strategy how to choose
     * @param filter which endpoints may be chosen, or null for all
     */
    record Agreed(StrategyExpression strategy, @Nullable LabelSelector filter) implements RoutingTerms {}

    /**
     * It cannot.
     *
     * @param refusal what the client is told
     */
    record Refused(Refusal refusal) implements RoutingTerms {}

    /** The terms of a request for a model. */
    static RoutingTerms of(RequestHead head, ModelView model, String byDefault, StrategyCatalog strategies) {
        if (model.ready().size() == 0) {
            return new Refused(Refusal.notReady(model.name()));
        }
        String text = strategy(head, model, byDefault);
        StrategyExpression parsed = strategies.parse(text);
        if (parsed == null) {
            return new Refused(Refusal.of(ErrorCode.UNKNOWN_STRATEGY, "incorrect routing strategy " + text));
        }
        String selector = head.header(HeaderNames.EXTERNAL_FILTER);
        LabelSelector filter = selector == null ? null : LabelSelector.parse(selector);
        if (selector != null && filter == null) {
            return new Refused(Refusal.of(ErrorCode.INVALID_FILTER));
        }
        return new Agreed(parsed, filter);
    }

    private static String strategy(RequestHead head, ModelView model, String byDefault) {
        String locked = model.lockedStrategy();
        if (locked != null) {
            return locked;
        }
        String asked = head.header(HeaderNames.ROUTING_STRATEGY);
        if (asked != null && !asked.isBlank()) {
            return asked.trim();
        }
        String own = model.strategy();
        return own == null ? byDefault : own;
    }
}
