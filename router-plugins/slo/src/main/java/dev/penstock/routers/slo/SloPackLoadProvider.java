package dev.penstock.routers.slo;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** Offers {@code slo-pack-load}: the most loaded pod that has room (AIBrix). */
public final class SloPackLoadProvider implements RouterProvider {

    @Override
    public String name() {
        return "slo-pack-load";
    }

    @Override
    public List<SettingSpec> settings() {
        return SloSettings.SPECS;
    }

    @Override
    public boolean queues() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new SloRouter(environment, Placement.PACK);
    }
}
