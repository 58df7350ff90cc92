package dev.penstock.core.engine;

import dev.penstock.spi.Filter;
import dev.penstock.spi.Picker;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.function.ToIntFunction;

/** Providers of pieces that do what a test says. */
final class PieceProviders {

    private PieceProviders() {}

    record FilterOf(String name, Filter filter) implements RouterProvider {

        @Override
        public boolean filters() {
            return true;
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return filter;
        }
    }

    record PickerOf(String name, Picker picker) implements RouterProvider {

        static PickerOf the(String name, ToIntFunction<double[]> pick) {
            return new PickerOf(name, (context, scores) -> pick.applyAsInt(scores));
        }

        @Override
        public boolean picks() {
            return true;
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return picker;
        }
    }

    record Broken() implements Scorer {

        @Override
        public void route(RoutingContext context) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void score(RoutingContext context, double[] scores) {
            throw new IllegalStateException("broken");
        }

        @Override
        public Polarity polarity() {
            return Polarity.MOST;
        }
    }
}
