package dev.penstock.routers.pieces;

import dev.penstock.spi.Filter;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.Function;

/** Offers one filter. */
abstract class FilterProvider implements RouterProvider {

    private final String name;
    private final List<SettingSpec> settings;
    private final Function<RouterEnvironment, Filter> maker;

    FilterProvider(String name, List<SettingSpec> settings, Function<RouterEnvironment, Filter> maker) {
        this.name = name;
        this.settings = settings;
        this.maker = maker;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<SettingSpec> settings() {
        return settings;
    }

    @Override
    public boolean filters() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return maker.apply(environment);
    }
}
