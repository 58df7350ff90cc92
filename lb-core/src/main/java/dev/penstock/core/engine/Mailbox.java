package dev.penstock.core.engine;

import dev.penstock.spi.KvEvent;
import org.jspecify.annotations.Nullable;

/**
 * The side of a shard's mailbox from which it is served: what one server may take in one turn. Confined to the thread
 * that holds the shard.
 *
 * <p>Calls into a router are fenced by {@link #enterRouter} and {@link #leaveRouter}, so that a shard whose router
 * does not come back can be given to another server.
 */
public interface Mailbox {

    /** The next lifecycle event, or null. */
    @Nullable LifecycleEvent pollLifecycle();

    /** The next attempt; null where none waits or where the turn has taken its share. */
    @Nullable RoutingAttempt pollRequest();

    /**
     * Whether routers may be told in this turn that the fleet has changed, or that it is time to wake up. What they do
     * then may take long: they forget all of a pod, or make more room. Where not, another turn follows that allows it.
     */
    default boolean allowsHousekeeping() {
        return true;
    }

    /** Whether the fleet has changed since this was last asked. */
    boolean takeSnapshotChanged();

    /** Whether a time that was asked for by {@link EngineHost#wakeAt} has come since this was last asked. */
    boolean takeWakeUp();

    /** The next KV event; null where none waits or where the turn has taken its share. */
    @Nullable KvEvent pollKvEvent();

    /** Code of a plugin is about to run. */
    void enterRouter();

    /**
     * Code of a plugin has come back.
     *
     * @return false where the shard has been given to another server meanwhile: the caller touches nothing any more
     */
    boolean leaveRouter();

    /**
     * Code of a plugin has called back: until {@link #resumeRouter} the shard is not given to another server, and the
     * engine may change what it owns. The time of the plugin's call goes on.
     *
     * @return false where the shard has been given to another server meanwhile: the caller touches nothing
     */
    default boolean pauseRouter() {
        return leaveRouter();
    }

    /** Goes back to the code of the plugin that has called. */
    default void resumeRouter() {
        enterRouter();
    }
}
