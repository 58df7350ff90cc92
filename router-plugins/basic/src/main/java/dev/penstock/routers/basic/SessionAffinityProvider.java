package dev.penstock.routers.basic;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** Offers {@code session-affinity}: the requests of a session go to one endpoint. */
public final class SessionAffinityProvider implements RouterProvider {

    @Override
    public String name() {
        return SessionAffinityRouter.STRATEGY;
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new SessionAffinityRouter(environment.random());
    }
}
