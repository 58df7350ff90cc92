package dev.penstock.core.engine;

/** What an engine needs of whoever serves it. */
public interface EngineHost {

    /**
     * Puts an event into the mailbox of the shard. Any thread; never refused.
     *
     * @param event the event
     */
    void post(LifecycleEvent event);

    /**
     * Asks to be served at or soon after a time with {@link Mailbox#takeWakeUp}; an earlier time takes the place of a
     * later one. Called by the thread that holds the shard.
     *
     * @param nanoTime by the host's clock
     */
    void wakeAt(long nanoTime);

    /**
     * The engine has made its first router that must not run on an event loop; from now on only the shard's own thread
     * serves it. Called by the thread that holds the shard.
     */
    void leaveEventLoops();
}
