package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SentPrompts;
import dev.penstock.core.port.SnapshotSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other replicas what this one does, and learns what they do. The duty cycle is confined to
 * {@code lb-replica}; {@link #others} is for any thread.
 */
public final class ReplicaAgent implements Agent {

    private final NanoClock clock;
    private final Wake wake = new Wake();
    private final LoadShare load;
    private final @Nullable AibrixShare aibrix;
    private final @Nullable SharedSeed seed;
    private final @Nullable PrefixShare prefixes;
    private final List<ReplicaTask> tasks = new ArrayList<>();
    private volatile PromptListener listener = PromptListener.NONE;

    /**
     * An agent that has told nothing yet.
     *
     * @param settings what is shared
     * @param redis where
     * @param snapshots the fleet
     * @param figures what is in flight, here and elsewhere
     * @param clock the time
     * @param metrics where it counts
     */
    public ReplicaAgent(ReplicaSettings settings, Redis redis, SnapshotSource snapshots, FigureColumns figures,
            NanoClock clock, Metrics metrics) {
        this.clock = clock;
        // A name of its own at each start: what an earlier process of the same name has left is not taken for ours.
        String self = redis.replica() + '/' + UUID.randomUUID().toString().substring(0, 8);
        ReplicaParts parts = new ReplicaParts(settings, redis, self, snapshots, figures, clock, metrics, wake);
        EndpointIds endpoints = new EndpointIds(snapshots);
        aibrix = settings.aibrix() ? new AibrixShare(parts, endpoints, Clock.systemUTC()) : null;
        load = new LoadShare(parts, endpoints, aibrix);
        // First: it looks at the fleet for the others, too.
        tasks.add(load);
        if (aibrix != null) {
            tasks.add(aibrix);
        }
        seed = settings.prefixes() ? new SharedSeed(parts) : null;
        prefixes = seed == null ? null : new PrefixShare(parts, endpoints, seed, load::others,
                (shard, prompt) -> listener.sentElsewhere(shard, prompt));
        if (seed != null && prefixes != null) {
            tasks.add(seed);
            tasks.add(prefixes);
        }
    }

    /** Names who hears which prompts replicas have sent where; nobody before that. Any thread. */
    public void onPromptElsewhere(PromptListener told) {
        listener = told;
    }

    /** Where to say which prompts were sent where. Any thread. */
    public SentPrompts sentPrompts() {
        return prefixes == null ? SentPrompts.UNHEARD : prefixes;
    }

    /** The seed by which prompts are hashed, which may change; null where replicas tell each other of none. */
    public @Nullable LongSupplier prefixSeed() {
        return seed;
    }

    /** Names of the other replicas that are there. Any thread. */
    public List<String> others() {
        return load.others();
    }

    /** Whether an answer of Redis is awaited. By {@code lb-replica}. */
    boolean asking() {
        return load.asking() || (aibrix != null && aibrix.asking()) || (prefixes != null && prefixes.asking());
    }

    @Override
    public String roleName() {
        return "lb-replica";
    }

    @Override
    public void onStart() {
        wake.servedBy(Thread.currentThread());
    }

    @Override
    public int doWork() {
        long now = clock.nanoTime();
        int work = 0;
        for (ReplicaTask task : tasks) {
            work += task.doWork(now);
        }
        return work;
    }

    /** How long there is nothing to do. By {@code lb-replica}. */
    public long restNanos() {
        long now = clock.nanoTime();
        long rest = Long.MAX_VALUE;
        for (ReplicaTask task : tasks) {
            rest = Math.min(rest, task.restNanos(now));
        }
        return rest;
    }

    @Override
    public void onClose() {
        tasks.forEach(ReplicaTask::leave);
    }
}
