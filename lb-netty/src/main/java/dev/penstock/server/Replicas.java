package dev.penstock.server;

import dev.penstock.cache.FleetCache;
import dev.penstock.cache.replica.ReplicaAgent;
import dev.penstock.core.port.SentPrompts;
import dev.penstock.server.mailbox.ShardSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Ties what replicas tell each other to the shards and to the front end. Stateless; by the wiring. */
final class Replicas {

    private Replicas() {}

    /** Where shards say which prompts they sent where. */
    static SentPrompts prompts(FleetCache cache) {
        ReplicaAgent replicas = cache.replicas();
        return replicas == null ? SentPrompts.UNHEARD : replicas.sentPrompts();
    }

    /** Lets shards hear what others have sent. */
    static void tell(FleetCache cache, ShardSet shards) {
        ReplicaAgent replicas = cache.replicas();
        if (replicas != null) {
            replicas.onPromptElsewhere((shard, prompt) -> shards.kvEvent(shard, prompt));
        }
    }

    /** The seed by which prompts are hashed: that of all replicas, or that of this process. */
    static LongSupplier prefixSeed(FleetCache cache, long own) {
        ReplicaAgent replicas = cache.replicas();
        @Nullable LongSupplier shared = replicas == null ? null : replicas.prefixSeed();
        return shared == null ? () -> own : shared;
    }
}
