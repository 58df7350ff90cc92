package dev.penstock.routers.fairness;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** Offers {@code vtc-basic}. */
public final class VtcBasicProvider implements RouterProvider {

    /** By the service loader. */
    public VtcBasicProvider() {}

    @Override
    public String name() {
        return VtcRouter.STRATEGY;
    }

    @Override
    public List<SettingSpec> settings() {
        return VtcSettings.SPECS;
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new VtcRouter(environment, VtcSettings.of(environment));
    }
}
