package dev.penstock.routers.basic;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** Offers {@code least-request}: the fewest requests in flight. */
public final class LeastRequestProvider implements RouterProvider {

    @Override
    public String name() {
        return "least-request";
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new LeastRequestRouter(environment);
    }
}
