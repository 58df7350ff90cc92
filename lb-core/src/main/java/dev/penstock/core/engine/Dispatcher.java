package dev.penstock.core.engine;

/** Hands attempts to the shards. Any thread; never waits. */
public interface Dispatcher {

    /**
     * Hands over an attempt; {@link RoutingAttempt.Owner#answered} may be called before this returns.
     *
     * @param attempt a new attempt
     * @param shard number of the shard of its model
     * @return false where the mailbox is full; the attempt is then void
     */
    boolean submit(RoutingAttempt attempt, int shard);

    /**
     * Registers somebody to be told, on any thread, when a shard has been given to a new server because a router did
     * not come back. Attempts of the shard that an earlier epoch was {@linkplain RoutingAttempt#askedInEpoch asked}
     * for have to be canceled and submitted again by their owners; where one cannot be canceled, its answer is there
     * ({@link RoutingAttempt#isDone}) and is read instead.
     */
    void onNewEpoch(EpochListener listener);

    /** Is told of new epochs. */
    @FunctionalInterface
    interface EpochListener {
        /**
         * A shard has a new server.
         *
         * @param shard number of the shard
         * @param epoch number of the new server's epoch, from 1
         */
        void newEpoch(int shard, int epoch);
    }
}
