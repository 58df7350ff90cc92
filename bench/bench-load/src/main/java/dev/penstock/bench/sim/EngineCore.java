package dev.penstock.bench.sim;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine behind the port: schedules generations in real time, knows its adapters, its stored responses and its
 * metrics. Confined to its event loop, but for what is said to be readable from anywhere.
 */
final class EngineCore {
    private final String name;
    private final EngineSettings settings;
    private final EventLoop loop;
    private final EngineCounters counters = new EngineCounters();
    private final FaultSource faults;
    private final EngineMetrics metrics;
    private final Scheduler scheduler;
    private final LoraAdapters adapters;
    private final StoredResponses responses = new StoredResponses();
    private final @Nullable KvEventPublisher events;
    private final RequestCapture capture = new RequestCapture();
    private final SplittableRandom random;
    private final long createdSeconds = System.currentTimeMillis() / 1_000;
    private @Nullable Future<?> timer;
    private long timerNanos = Scheduler.NEVER;
    private boolean driving;

    EngineCore(String name, EngineSettings settings, EventLoop loop, @Nullable KvEventPublisher events) {
        this.name = name;
        this.settings = settings;
        this.loop = loop;
        // The name is part of the seed: engines of one fleet must not make up the same response ids.
        this.random = new SplittableRandom(settings.seed() ^ Tokens.hash(name));
        this.faults = new FaultSource(settings.plan(), settings.http().faultHeader(), random.split());
        PrefixCache cache = new PrefixCache(settings.kv().blocks(), settings.kv().blockTokens());
        this.events = events;
        cache.observer(events);
        this.metrics = new EngineMetrics(settings.card().model(), cache, counters);
        this.scheduler = new Scheduler(settings.time(), cache, metrics);
        this.adapters = new LoraAdapters(settings.card());
    }

    /** Who tells of the prefix cache, or null. */
    @Nullable KvEventPublisher events() {
        return events;
    }

    String name() {
        return name;
    }

    EngineSettings settings() {
        return settings;
    }

    EventLoop loop() {
        return loop;
    }

    /** May be read from any thread. */
    EngineCounters counters() {
        return counters;
    }

    /** May be changed from any thread. */
    FaultSource faults() {
        return faults;
    }

    /** May be read from any thread. */
    RequestCapture capture() {
        return capture;
    }

    /** May be read from any thread. */
    LoraAdapters adapters() {
        return adapters;
    }

    StoredResponses responses() {
        return responses;
    }

    long createdSeconds() {
        return createdSeconds;
    }

    String newId(String prefix) {
        return prefix + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    /** Returns a number, any number. */
    long newNumber() {
        return random.nextLong();
    }

    /** Returns the model that a request without one means. */
    String modelOr(String asked) {
        return asked.isEmpty() ? settings.card().model() : asked;
    }

    /**
     * Checks that a request could ever be served.
     *
     * @throws ApiException with 400 if not
     */
    void checkLength(int promptTokens, int outputTokens) {
        int limit = settings.card().maxModelLen();
        if (promptTokens + outputTokens > limit || !scheduler.fits(promptTokens, outputTokens)) {
            throw ApiException.badRequest("This model's maximum context length is " + limit
                    + " tokens. However, your request has " + promptTokens + " input tokens and asks for "
                    + outputTokens + " output tokens.");
        }
    }

    /**
     * Makes a generation.
     *
     * @param computed whether another engine has computed the prompt already
     */
    Generation newGeneration(String prompt, String model, int outputTokens, boolean computed,
            Generation.Listener listener) {
        long[] hashes = Tokens.blockHashes(model, prompt, settings.kv().blockTokens());
        if (events != null) {
            events.prompt(hashes, Tokens.ids(prompt), adapters.path(model) == null ? null : model);
        }
        return new Generation(Tokens.count(prompt), outputTokens, hashes, computed, listener);
    }

    /** Queues a generation whose length was checked. */
    void submit(Generation generation) {
        scheduler.submit(generation, System.nanoTime());
        drive();
    }

    void abort(Generation generation) {
        scheduler.abort(generation, System.nanoTime());
        drive();
    }

    String metricsPage() {
        return metrics.page(scheduler.running(), scheduler.waiting(), adapters);
    }

    private void drive() {
        if (driving) {
            return;
        }
        driving = true;
        try {
            // What is reported may submit or abort, and by that make something else due.
            for (long now = System.nanoTime(); scheduler.nextEventNanos() <= now; now = System.nanoTime()) {
                scheduler.advance(now);
            }
        } finally {
            driving = false;
        }
        arm(scheduler.nextEventNanos());
    }

    private void arm(long dueNanos) {
        if (dueNanos == timerNanos) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        timerNanos = dueNanos;
        if (dueNanos != Scheduler.NEVER) {
            timer = loop.schedule(this::timerFired, dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void timerFired() {
        timer = null;
        timerNanos = Scheduler.NEVER;
        drive();
    }

    /** The last requests as they came, if somebody asked for that. Filled by the event loop, read from any thread. */
    static final class RequestCapture {
        private volatile int limit;
        private volatile List<SimRequest> kept = List.of();

        void keep(int requests) {
            limit = requests;
        }

        void offer(SimRequest request) {
            int most = limit;
            if (most > 0) {
                List<SimRequest> longer = new ArrayList<>(kept);
                longer.add(request);
                kept = List.copyOf(longer.subList(Math.max(0, longer.size() - most), longer.size()));
            }
        }

        List<SimRequest> kept() {
            return kept;
        }
    }
}
