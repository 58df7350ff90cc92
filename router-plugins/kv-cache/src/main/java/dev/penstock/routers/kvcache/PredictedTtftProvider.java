package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code predicted-ttft}: the least time to first token, with a price on misses and evictions. */
public final class PredictedTtftProvider implements RouterProvider {

    static final String NAME = "predicted-ttft";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return PredictedCosts.SPECS;
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PredictedTtftRouter(environment);
    }
}
