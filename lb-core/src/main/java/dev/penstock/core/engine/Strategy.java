package dev.penstock.core.engine;

import dev.penstock.spi.RouterProvider;

/**
 * A strategy that can be asked for.
 *
 * @param name its name
 * @param provider makes its routers
 * @param settings what the configuration says for it
 * @param servedOnLoop whether its routers are known to be bounded, so that an event loop may run them
 * @param source where it comes from, for a person: file and version of the plugin
 */
public record Strategy(String name, RouterProvider provider, PluginSettings settings, boolean servedOnLoop,
        String source) {}
