package dev.penstock.cache.kvevents;

import dev.penstock.spi.KvEvent;

/** Hears what engines tell of their KV caches. By {@code lb-kv}; never waits. */
public interface KvEventListener {

    /** Nobody listens. */
    KvEventListener NONE = new KvEventListener() {
        @Override
        public boolean event(int shard, KvEvent event) {
            return true;
        }

        @Override
        public boolean hasRoom(int shard) {
            return true;
        }
    };

    /**
     * An engine has told something.
     *
     * @param shard number of the shard that the endpoint is of
     * @return false where it was dropped: then the endpoint is resynchronized, and it may be told from the beginning
     */
    boolean event(int shard, KvEvent event);

    /** Whether there is room for many more events: without that, engines are kept waiting. */
    boolean hasRoom(int shard);
}
