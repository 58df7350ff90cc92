package dev.penstock.cache;

import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.PublishedFleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.EndpointTimes;
import dev.penstock.core.port.FleetTimes;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.PodView;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers since when models are as they are. {@code lb-cache} looks, any thread asks.
 *
 * <p>It looks at most once a second: a fleet of thousands of models that is published a hundred times a second must not
 * be walked each time.
 */
final class FleetHistory implements FleetTimes {

    private static final long INTERVAL_NANOS = 1_000_000_000;

    private record Seen(Model model, ModelTimes times) {}

    private final FleetAgent agent;
    private final EndpointTimes endpoints;
    private final NanoClock clock;
    private final Map<String, Seen> models = new ConcurrentHashMap<>();
    private long lookedNanos;
    private long version;

    FleetHistory(FleetAgent agent, EndpointTimes endpoints, NanoClock clock) {
        this.agent = agent;
        this.endpoints = endpoints;
        this.clock = clock;
        lookedNanos = clock.nanoTime() - INTERVAL_NANOS;
    }

    // ---- lb-cache

    /** Looks what has changed, if it is time to; how much work that was. */
    @SuppressWarnings("ReferenceEquality") // what did not change is the same object
    int look() {
        PublishedFleet published = agent.published();
        if (published.fleet().version() == version || clock.nanoTime() - lookedNanos < INTERVAL_NANOS) {
            return 0;
        }
        lookedNanos = clock.nanoTime();
        version = published.fleet().version();
        for (Model model : published.fleet().models()) {
            Seen seen = models.get(model.name());
            if (seen == null || seen.model != model) {
                long since = seen == null ? published.nanos() : seen.times.sinceNanos();
                long sinceVersion = seen == null ? version : seen.times.sinceVersion();
                models.put(model.name(), new Seen(model,
                        new ModelTimes(since, sinceVersion, published.nanos(), version)));
            }
        }
        if (models.size() > published.fleet().modelCount()) {
            models.keySet().removeIf(name -> published.fleet().model(name) == null);
        }
        return 1;
    }

    // ---- any thread

    @Override
    public long nowNanos() {
        return clock.nanoTime();
    }

    @Override
    public long publishedNanos() {
        return agent.published().nanos();
    }

    @Override
    public @Nullable ModelTimes model(String name) {
        Seen seen = models.get(name);
        return seen == null ? null : seen.times;
    }

    @Override
    public long joinedNanos(PodView endpoint) {
        return endpoints.joinedNanos(endpoint);
    }

    @Override
    public long changedNanos(PodView endpoint) {
        return endpoints.changedNanos(endpoint);
    }
}
