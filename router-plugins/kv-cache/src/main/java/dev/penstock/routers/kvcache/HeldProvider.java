package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code predicted-ttft-held}: {@code predicted-ttft} with a queue. */
public final class HeldProvider implements RouterProvider {

    @Override
    public String name() {
        return "predicted-ttft-held";
    }

    @Override
    public List<SettingSpec> settings() {
        return HeldSettings.SPECS;
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public boolean queues() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new HeldRouter(environment);
    }
}
