package dev.penstock.spi;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The entry of a plugin, found by {@link java.util.ServiceLoader}: makes routers of one strategy, or one piece of
 * pipelines. A public class with a
 * public constructor without parameters, named in {@code META-INF/services/dev.penstock.spi.RouterProvider} of a jar
 * whose manifest says {@code Penstock-SPI: 1.0}.
 *
 * <p>A provider is made once for each plugin and may be called by any thread; it holds no state of a request. Where it
 * throws while it is loaded, or answers null, its strategy does not exist; the reason is logged and shown.
 */
public interface RouterProvider {

    /**
     * Name of the strategy, as clients send it in {@code routing-strategy}: at most 64 lower case letters, digits and
     * dashes, none of them at an end. Where two plugins have the same name, the first one holds.
     */
    String name();

    /** The settings that its routers read, with defaults. Asked once, when it is loaded. */
    default List<SettingSpec> settings() {
        return List.of();
    }

    /** What has to be prepared of each request before the router sees it. Asked once, when it is loaded. */
    default Needs needs() {
        return Needs.NOTHING;
    }

    /**
     * What has to be prepared of each request, where that depends on its settings: a prompt is only tokenized
     * where somebody has asked for it. Asked once, when it is loaded, in the place of {@link #needs()}.
     *
     * @param text value of a setting of type TEXT, by its name
     * @since 1.2
     */
    default Needs needs(UnaryOperator<String> text) {
        return needs();
    }

    /**
     * Whether its routers are {@link Scorer}s, so that they can be part of an expression. Asked once, when it is
     * loaded.
     */
    default boolean scores() {
        return false;
    }

    /**
     * Whether its routers are {@link Filter}s, so that they can be the first pieces of a pipeline. Asked once, when it
     * is loaded. One that filters or picks, and does not {@linkplain #scores score}, is no strategy that a client
     * could name.
     *
     * @since 1.2
     */
    default boolean filters() {
        return false;
    }

    /**
     * Whether its routers are {@link Picker}s, so that they can be the last piece of a pipeline. Asked once, when it is
     * loaded.
     *
     * @since 1.2
     */
    default boolean picks() {
        return false;
    }

    /**
     * Whether its routers let requests wait on purpose, and answer each of them in the end. Then they have until
     * {@code routing.queue-deadline}, not only until {@code routing.deadline}. Asked once, when it is loaded.
     *
     * @since 1.2
     */
    default boolean queues() {
        return false;
    }

    /**
     * Whether its routers keep what engines tell of their KV caches. Then an instance is made when the first engine
     * tells something, and not only when a request needs it: what was told before would be lost. Asked once, when it is
     * loaded.
     *
     * @since 1.2
     */
    default boolean keepsKvEvents() {
        return false;
    }

    /**
     * Makes the instance of a shard, on the thread that serves it, when a request needs it for the first time. Where it
     * throws or answers null, the fallback decides, and it is asked again after a while.
     *
     * @param environment what the instance may use until it is closed
     */
    Router create(RouterEnvironment environment);
}
