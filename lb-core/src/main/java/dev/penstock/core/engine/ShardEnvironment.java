package dev.penstock.core.engine;

import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.Scorer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The environment of one router instance. Confined to the thread that holds the shard. */
final class ShardEnvironment implements RouterEnvironment {

    private final Strategy strategy;
    private final RouterSet routers;
    private final EngineContext context;
    private final RandomGenerator random;
    private final QueueLengths queues;
    private @Nullable RouterInstance instance;
    private long askedWhileMade = Long.MAX_VALUE;

    ShardEnvironment(Strategy strategy, RouterSet routers, EngineContext context, RandomGenerator random) {
        this.strategy = strategy;
        this.routers = routers;
        this.context = context;
        this.random = random;
        // What waits in a router that is not obeyed waits for nothing.
        this.queues = strategy.shadow() || routers.forQuestion() ? EngineMetrics.unseenQueues()
                : context.metrics().queues(strategy.name(), context.shard());
    }

    void belongsTo(RouterInstance made) {
        instance = made;
        if (askedWhileMade != Long.MAX_VALUE) {
            routers.wakeAt(made, askedWhileMade);
        }
    }

    @Override
    public long nanoTime() {
        return routers.nowNanos();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void wakeAt(long nanoTime) {
        if (instance == null) {
            askedWhileMade = Math.min(askedWhileMade, nanoTime);
        } else {
            routers.wakeAt(instance, nanoTime);
        }
    }

    @Override
    public Counter counter(String name) {
        return context.metrics().event(strategy.name(), name);
    }

    @Override
    public Level level(String name) {
        // One that is not obeyed knows nothing of the fleet that its like does not tell.
        return strategy.shadow() || routers.forQuestion() ? value -> { }
                : context.metrics().levels().of(strategy.name(), name, context.shard());
    }

    @Override
    public void queued(String model, int requests) {
        queues.set(model, requests);
    }

    @Override
    public @Nullable Scorer scorer(String name) {
        RouterInstance other = routers.named(name);
        return other != null && other.router() instanceof Scorer scorer ? scorer : null;
    }

    @Override
    public PodLoad load() {
        return context.figures();
    }

    @Override
    public long predictedOutputTokens(String model, long promptTokens) {
        return routers.estimates().outputTokens(model, promptTokens);
    }

    @Override
    public @Nullable GpuProfile gpuProfile(String model, String group) {
        return routers.estimates().profile(model, group);
    }

    @Override
    public String text(String setting) {
        return strategy.settings().text(setting);
    }

    @Override
    public long integer(String setting) {
        return strategy.settings().integer(setting);
    }

    @Override
    public double decimal(String setting) {
        return strategy.settings().decimal(setting);
    }

    @Override
    public boolean flag(String setting) {
        return strategy.settings().flag(setting);
    }
}
