package dev.penstock.routers.load;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.Function;

/** Offers one strategy of this plugin: all of them score. {@link LoadProviders} has one class for each. */
abstract class LoadProvider implements RouterProvider {

    private final String name;
    private final List<SettingSpec> settings;
    private final Needs needs;
    private final Function<RouterEnvironment, Router> make;

    LoadProvider(String name, List<SettingSpec> settings, Needs needs, Function<RouterEnvironment, Router> make) {
        this.name = name;
        this.settings = List.copyOf(settings);
        this.needs = needs;
        this.make = make;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<SettingSpec> settings() {
        return settings;
    }

    @Override
    public final Needs needs() {
        return needs;
    }

    @Override
    public final boolean scores() {
        return true;
    }

    @Override
    public final Router create(RouterEnvironment environment) {
        return make.apply(environment);
    }
}
