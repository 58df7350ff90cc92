package dev.penstock.routers.basic;

import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.TestShard;
import java.util.ServiceLoader;

/** All routers of this plugin, found as the host finds them. */
final class BasicRouters {

    private BasicRouters() {}

    static RouterProvider[] providers() {
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get)
                .toArray(RouterProvider[]::new);
    }

    static TestShard shard() {
        return TestShard.of(providers());
    }
}
