package dev.penstock.server;

import dev.penstock.cache.FleetCache;
import dev.penstock.cache.kvevents.KvEventAgent;
import dev.penstock.cache.kvevents.KvEventListener;
import dev.penstock.server.mailbox.ShardSet;
import dev.penstock.spi.KvEvent;

/** Ties what engines tell of their KV caches to the shards. Stateless; by the wiring. */
final class KvEvents {

    private KvEvents() {}

    /** Lets shards hear what engines tell; one whose routers were made anew hears it again. */
    static void tell(FleetCache cache, ShardSet shards) {
        KvEventAgent events = cache.kvEvents();
        if (events == null) {
            return;
        }
        shards.onNewEpoch((shard, epoch) -> events.tellAgain(shard));
        events.onEvent(new KvEventListener() {
            @Override
            public boolean event(int shard, KvEvent event) {
                return shards.kvEvent(shard, event);
            }

            @Override
            public boolean hasRoom(int shard) {
                return shards.hasRoomForKvEvents(shard);
            }
        });
    }
}
