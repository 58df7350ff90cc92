package dev.penstock.routers.basic;

import dev.penstock.core.testing.RoutingFixture;
import dev.penstock.spi.RouterProvider;
import java.util.ServiceLoader;

/** All routers of this plugin, found as the host finds them. */
final class BasicRouters {

    private BasicRouters() {}

    static RouterProvider[] providers() {
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get)
                .toArray(RouterProvider[]::new);
    }

    static RoutingFixture fixture() {
        return RoutingFixture.of(providers());
    }
}
