package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.function.Consumer;
import java.util.function.Function;

/** A provider whose router does what a test says. */
record ScriptedProvider(String name, boolean scores, Needs needs, Function<RouterEnvironment, Router> maker)
        implements RouterProvider {

    static ScriptedProvider of(String name, Consumer<RoutingContext> route) {
        return making(name, environment -> route::accept);
    }

    static ScriptedProvider making(String name, Function<RouterEnvironment, Router> maker) {
        return new ScriptedProvider(name, false, Needs.NOTHING, maker);
    }

    static ScriptedProvider scorer(String name, Scorer.Polarity polarity, double... scores) {
        return new ScriptedProvider(name, true, Needs.NOTHING, environment -> new FixedScorer(polarity, scores));
    }

    static ScriptedProvider needing(String name, Needs needs) {
        return new ScriptedProvider(name, true, needs, environment -> new FixedScorer(Scorer.Polarity.MOST));
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return maker.apply(environment);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record FixedScorer(Polarity polarity, double... values) implements Scorer {

        @Override
        public void route(RoutingContext context) {
            context.abstain("scripted");
        }

        @Override
        public void score(RoutingContext context, double[] scores) {
            System.arraycopy(values, 0, scores, 0, Math.min(values.length, scores.length));
        }
    }
}
