package dev.penstock.routers.basic;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** Offers {@code round-robin}: the candidates in turn. */
public final class RoundRobinProvider implements RouterProvider {

    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new RoundRobinRouter(environment.random());
    }
}
