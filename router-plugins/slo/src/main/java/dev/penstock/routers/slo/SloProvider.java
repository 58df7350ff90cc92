package dev.penstock.routers.slo;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** A strategy of this plugin: they differ in where a request that may go is placed. */
abstract class SloProvider implements RouterProvider {

    private final String name;
    private final Placement placement;

    SloProvider(String name, Placement placement) {
        this.name = name;
        this.placement = placement;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<SettingSpec> settings() {
        return SloSettings.SPECS;
    }

    @Override
    public final boolean queues() {
        return true;
    }

    @Override
    public final Router create(RouterEnvironment environment) {
        return new SloRouter(environment, placement);
    }
}
