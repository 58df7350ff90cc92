package dev.penstock.cache.scrape;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Asks every ready endpoint for its metrics, again and again, and which adapters it lists. One thread,
 * {@code lb-scrape}, for all of them: none waits for another. Pages are spread over the interval.
 */
public final class ScrapeAgent implements Agent, PollLoop {

    private static final int READ_BYTES = 64 * 1024;
    private static final long LONGEST_SELECT_MILLIS = 100;
    private static final long STAND_NANOS = TimeUnit.SECONDS.toNanos(1);
    // Spreads any slots evenly, those that follow each other too.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final ScrapeSettings settings;
    private final SnapshotSource fleet;
    private final FigureColumns figures;
    private final CacheProxy proxy;
    private final EngineAccess access;
    private final NanoClock clock;
    private final ScrapeMetrics metrics;
    private final PageReaders readers;
    private final Troubles troubles = new Troubles();
    private final Selector selector;
    private final NameLookup names;
    private final byte[] bytes = new byte[READ_BYTES];
    private final Map<Integer, ScrapeTarget> targets = new TreeMap<>();
    private final TreeSet<Poll> timers = new TreeSet<>(Comparator.<Poll>comparingLong(this::untilWake)
            .thenComparingInt(poll -> poll.number));
    private final long origin;
    private long version = -1;
    private long stoodNanos;
    private int polls;

    /** What it works with. */
    public record Parts(SnapshotSource fleet, FigureColumns figures, CacheProxy proxy, EngineAccess access,
            NanoClock clock, Metrics metrics) {}

    /** An agent that has not begun. */
    public ScrapeAgent(ScrapeSettings settings, Parts parts) {
        this.settings = settings;
        fleet = parts.fleet();
        figures = parts.figures();
        proxy = parts.proxy();
        access = parts.access();
        clock = parts.clock();
        metrics = new ScrapeMetrics(parts.metrics());
        readers = new PageReaders(settings.maxPageBytes());
        origin = clock.nanoTime();
        stoodNanos = origin;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names = new NameLookup(selector::wakeup);
    }

    @Override
    public String roleName() {
        return "lb-scrape";
    }

    /** Why endpoints have no figures. Any thread. */
    public Troubles troubles() {
        return troubles;
    }

    // ---- the thread

    @Override
    public int doWork() throws IOException {
        Snapshot current = fleet.current();
        if (current.version() != version) {
            version = current.version();
            take(current);
        }
        if (names.take()) {
            targets.values().forEach(ScrapeTarget::named);
        }
        long now = clock.nanoTime();
        while (!timers.isEmpty() && timers.getFirst().wakeNanos - now <= 0) {
            timers.removeFirst().due();
        }
        if (now - stoodNanos >= STAND_NANOS) {
            stoodNanos = now;
            stands(now);
        }
        selector.select(this::ready, pauseMillis(now));
        return 1; // it has waited already
    }

    private long pauseMillis(long now) {
        if (timers.isEmpty()) {
            return LONGEST_SELECT_MILLIS;
        }
        // Up, not down: a page a millisecond later costs nothing, an empty round does.
        long millis = TimeUnit.NANOSECONDS.toMillis(timers.getFirst().wakeNanos - now) + 1;
        return Math.clamp(millis, 1, LONGEST_SELECT_MILLIS);
    }

    private void ready(SelectionKey key) {
        if (key.isValid()) {
            ((Poll) key.attachment()).ready();
        }
    }

    @Override
    public void onClose() {
        targets.values().forEach(ScrapeTarget::close);
        targets.clear();
        names.close();
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- who is asked

    private void take(Snapshot snapshot) {
        targets.values().removeIf(target -> {
            PodView now = snapshot.endpoint(target.endpoint().slot());
            if (now != null && now.ready() && target.update(now)) {
                return false;
            }
            target.close();
            return true;
        });
        Set<String> hosts = new HashSet<>();
        for (int slot = 0; slot < snapshot.slots(); slot++) {
            PodView endpoint = snapshot.endpoint(slot);
            if (endpoint != null && endpoint.ready()) {
                hosts.add(endpoint.host());
                if (!targets.containsKey(slot)) {
                    targets.put(slot, begin(endpoint));
                }
            }
        }
        names.keep(hosts);
    }

    private ScrapeTarget begin(PodView endpoint) {
        ScrapeTarget target = new ScrapeTarget(endpoint, figures, metrics, troubles);
        EngineMapping mapping = EngineMappings.of(endpoint.engine());
        Poll page = null;
        if (mapping == null) {
            target.refused(new Refusal(Refusal.Reason.ENGINE, "pages of " + endpoint.engine()
                    + " are not understood"));
        } else {
            page = new Poll(this, endpoint, new Poll.Page(endpoint.host(), EndpointPorts.metrics(endpoint),
                    mapping.path(), settings.intervalNanos(), settings.timeoutNanos()), access,
                    new MetricsTaker(readers, mapping, settings.windowNanos(), () -> model(endpoint), target));
        }
        Poll models = null;
        if (settings.modelsIntervalNanos() > 0) {
            PodIdentity pod = new PodIdentity(endpoint.namespace(), endpoint.name(), endpoint.uid());
            models = new Poll(this, endpoint, new Poll.Page(endpoint.host(), endpoint.port(), "/v1/models",
                    settings.modelsIntervalNanos(), settings.timeoutNanos()), access,
                    new ModelsTaker(adapters -> proxy.offer(
                            new CacheCommand.ModelsReported(pod, endpoint.port(), adapters))));
        }
        target.polls(page, models);
        if (page != null) {
            page.begin(within(endpoint, settings.intervalNanos()));
        }
        if (models != null) {
            models.begin(within(endpoint, settings.modelsIntervalNanos()));
        }
        return target;
    }

    /** A place within an interval, another one for each slot. */
    private static long within(PodView endpoint, long interval) {
        return (long) (((endpoint.slot() * GOLDEN) >>> 11) * 0x1p-53 * interval);
    }

    /** The base model that an endpoint serves, or null. */
    private @Nullable String model(PodView endpoint) {
        for (ModelView model : fleet.current().models()) {
            if (model.baseModel().equals(model.name()) && model.endpoints().contains(endpoint)) {
                return model.name();
            }
        }
        return null;
    }

    private void stands(long now) {
        long[] ages = new long[targets.size()];
        int troubled = 0;
        int known = 0;
        for (ScrapeTarget target : targets.values()) {
            troubled += target.troubled() ? 1 : 0;
            long age = target.ageNanos(now);
            if (age != Long.MAX_VALUE) {
                ages[known++] = age;
            }
        }
        Arrays.sort(ages, 0, known);
        metrics.stands(targets.size(), troubled, known == 0 ? Double.NaN : ages[(known - 1) * 99 / 100] / 1e9,
                known == 0 ? Double.NaN : ages[known - 1] / 1e9);
    }

    // ---- for polls

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public int nextNumber() {
        return polls++;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public NameLookup names() {
        return names;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public void wakeAt(Poll poll, long nanos) {
        timers.remove(poll);
        poll.wakeNanos = nanos;
        timers.add(poll);
    }

    @Override
    public void forget(Poll poll) {
        timers.remove(poll);
    }

    private long untilWake(Poll poll) {
        return poll.wakeNanos - origin;
    }
}
