package dev.penstock.routers.fairness;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** Offers {@code fair-queue}. */
public final class FairQueueProvider implements RouterProvider {

    /** By the service loader. */
    public FairQueueProvider() {}

    @Override
    public String name() {
        return FairQueueRouter.STRATEGY;
    }

    @Override
    public List<SettingSpec> settings() {
        return FairQueueSettings.SPECS;
    }

    @Override
    public boolean queues() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new FairQueueRouter(environment, FairQueueSettings.of(environment));
    }
}
