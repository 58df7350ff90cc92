package dev.penstock.spi;

import java.util.List;

/**
 * The entry of a plugin, found by {@link java.util.ServiceLoader}: makes routers of one strategy.
 *
 * <p>A provider is made once for each plugin and may be called by any thread; it holds no state of a request.
 */
public interface RouterProvider {

    /** Name of the strategy, as clients send it in {@code routing-strategy}: lower case letters, digits and dashes. */
    String name();

    /** The settings that its routers read, with defaults. */
    default List<SettingSpec> settings() {
        return List.of();
    }

    /** What has to be prepared of each request before the router sees it. Asked once, when it is loaded. */
    default Needs needs() {
        return Needs.NOTHING;
    }

    /**
     * Whether its routers are {@link Scorer}s, so that they can be part of an expression. Asked once, when it is
     * loaded.
     */
    default boolean scores() {
        return false;
    }

    /**
     * Makes the instance of a shard.
     *
     * @param environment what the instance may use until it is closed
     */
    Router create(RouterEnvironment environment);
}
