package dev.penstock.routers.basic;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** Offers {@code random}: every candidate is as likely as any other. */
public final class RandomProvider implements RouterProvider {

    @Override
    public String name() {
        return "random";
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new RandomRouter(environment.random());
    }
}
