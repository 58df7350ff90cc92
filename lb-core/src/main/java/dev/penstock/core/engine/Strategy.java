package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import dev.penstock.spi.RouterProvider;
import java.util.Objects;

/**
 * A strategy that can be asked for, with all that its provider says of it: a provider is code of a plugin, which is
 * asked when it is loaded and not with each request.
 *
 * @param name its name
 * @param provider makes its routers
 * @param settings what the configuration says for it
 * @param needs what has to be prepared of each request for it
 * @param scores whether its routers can be part of an expression
 * @param queues whether its routers let requests wait
 * @param servedOnLoop whether its routers are known to be bounded, so that an event loop may run them
 * @param source where it comes from, for a person: file and version of the plugin
 */
public record Strategy(String name, RouterProvider provider, PluginSettings settings, Needs needs, boolean scores,
        boolean queues, boolean servedOnLoop, String source) {

    /** Checks what a plugin may have left out. */
    public Strategy {
        Objects.requireNonNull(name, "the strategy has no name");
        Objects.requireNonNull(needs, () -> "strategy " + name + ": its needs are null");
    }

    /**
     * Asks a provider what there is to know of its strategy. Throws whatever the provider throws.
     *
     * @param provider makes its routers
     * @param settings what the configuration says for it
     * @param servedOnLoop whether an event loop may run its routers
     * @param source file and version of the plugin
     */
    public static Strategy of(RouterProvider provider, PluginSettings settings, boolean servedOnLoop, String source) {
        return new Strategy(provider.name(), provider, settings, provider.needs(settings::text), provider.scores(),
                provider.queues(), servedOnLoop, source);
    }
}
