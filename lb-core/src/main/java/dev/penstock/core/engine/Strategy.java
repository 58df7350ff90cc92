package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import dev.penstock.spi.RouterProvider;
import java.util.Objects;

/**
 * A strategy that can be asked for, or a piece of pipelines, with all that its provider says of it: a provider is code
 * of a plugin, which is asked when it is loaded and not with each request.
 *
 * @param name its name; {@code <pipeline>/<piece>} where it is a piece with settings of its own
 * @param provider makes its routers
 * @param settings what the configuration says for it
 * @param traits what the provider says of its routers
 * @param servedOnLoop whether its routers are known to be bounded, so that an event loop may run them
 * @param source where it comes from, for a person: file and version of the plugin
 */
public record Strategy(String name, RouterProvider provider, PluginSettings settings, Traits traits,
        boolean servedOnLoop, String source) {

    // In no name that a plugin can have.
    private static final char WITHIN = '/';
    private static final String SHADOW = "shadow" + WITHIN;

    /** Checks what a plugin may have left out. */
    public Strategy {
        Objects.requireNonNull(name, "the strategy has no name");
        Objects.requireNonNull(traits.needs(), () -> "strategy " + name + ": its needs are null");
    }

    /**
     * What a provider says of its routers.
     *
     * @param needs what has to be prepared of each request for them
     * @param scores whether they can be part of an expression
     * @param filters whether they can be filters of a pipeline
     * @param picks whether they can be the picker of a pipeline
     * @param queues whether they let requests wait
     */
    public record Traits(Needs needs, boolean scores, boolean filters, boolean picks, boolean queues) {

        /** Asks a provider whose routers have these settings; throws whatever it throws. */
        public static Traits of(RouterProvider provider, PluginSettings settings) {
            return new Traits(provider.needs(settings::text), provider.scores(), provider.filters(), provider.picks(),
                    provider.queues());
        }

        /** What it is, for a person. */
        public String kind() {
            return scores ? "scorer" : filters ? "filter" : picks ? "picker" : "strategy";
        }
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
        return new Strategy(provider.name(), provider, settings, Traits.of(provider, settings), servedOnLoop, source);
    }

    /** The same as a piece of one pipeline, with settings of its own. Throws whatever the provider throws. */
    public Strategy within(String pipeline, String piece, PluginSettings own) {
        return new Strategy(pipeline + WITHIN + piece, provider, own, Traits.of(provider, own), servedOnLoop, source);
    }

    /** The same for an instance that is asked, and never obeyed. */
    Strategy asShadow() {
        return new Strategy(SHADOW + name, provider, settings, traits, servedOnLoop, source);
    }

    /** Whether its instance is asked, and never obeyed. */
    boolean shadow() {
        return name.startsWith(SHADOW);
    }

    /** Whether it can be asked for by name: pieces of pipelines have no opinion alone. */
    public boolean choosable() {
        return name.indexOf(WITHIN) < 0 && (traits.scores() || !(traits.filters() || traits.picks()));
    }

    /** What has to be prepared of each request for it. */
    public Needs needs() {
        return traits.needs();
    }

    /** Whether its routers can be part of an expression. */
    public boolean scores() {
        return traits.scores();
    }

    /** Whether its routers let requests wait. */
    public boolean queues() {
        return traits.queues();
    }
}
