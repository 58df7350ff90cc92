package dev.penstock.routers.basic;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;

/** Offers {@code power-of-two}: the better one of two random candidates. */
public final class PowerOfTwoProvider implements RouterProvider {

    @Override
    public String name() {
        return "power-of-two";
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PowerOfTwoRouter(environment);
    }
}
