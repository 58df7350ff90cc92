package dev.penstock.routers.kvcache;

import dev.penstock.spi.Plan;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** A strategy {@code pair}: the first candidate computes the prompt, the second one answers. */
final class PairProvider implements RouterProvider {

    @Override
    public String name() {
        return "pair";
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return context -> context.select(new Plan.PrefillDecode(context.candidates().get(0),
                context.candidates().get(1), "shfs"));
    }
}
