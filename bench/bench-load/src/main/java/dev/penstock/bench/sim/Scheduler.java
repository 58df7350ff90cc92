package dev.penstock.bench.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching in simulated time: requests wait first come first served, are prefilled one after the other,
 * then decode together, each getting one token per step.
 *
 * <p>It owns no clock and no thread: whoever drives it gives the time and asks when something will happen next.
 * If it is driven late, the steps that are due are caught up with, so that throughput does not depend on the driver.
 * Confined to the engine's event loop.
 */
final class Scheduler {
    /** Told of what a metrics page shows; all calls on the engine's event loop. */
    interface Observer {
        void prefilled(Generation generation);

        void produced(Generation generation, long sinceLastTokenNanos);

        void finished(Generation generation);
    }

    static final long NEVER = Long.MAX_VALUE;

    private final TimeModel time;
    private final PrefixCache cache;
    private final Observer observer;
    private final ArrayDeque<Generation> waiting = new ArrayDeque<>();
    private final List<Generation> running = new ArrayList<>();
    private final List<Generation> step = new ArrayList<>();
    private @Nullable Generation prefilling;
    private long prefillEndNanos = NEVER;
    private long stepEndNanos = NEVER;

    Scheduler(TimeModel time, PrefixCache cache, Observer observer) {
        this.time = time;
        this.cache = cache;
        this.observer = observer;
    }

    int waiting() {
        return waiting.size();
    }

    int running() {
        return running.size() + (prefilling == null ? 0 : 1);
    }

    /** Returns whether the cache could ever hold the request. */
    boolean fits(int promptTokens, int outputTokens) {
        return cache.blocksOf(promptTokens + outputTokens) <= cache.blocks();
    }

    /** Queues a request that {@link #fits}. Nothing is reported before the next {@link #advance}. */
    void submit(Generation generation, long now) {
        generation.submittedNanos = now;
        waiting.add(generation);
        startPrefill(now);
    }

    /** Stops a request wherever it is and frees its blocks; does nothing if it has ended. */
    void abort(Generation generation, long now) {
        if (generation.over) {
            return;
        }
        leave(generation);
        if (prefilling == generation) {
            prefilling = null;
            prefillEndNanos = NEVER;
        } else if (!running.remove(generation)) {
            waiting.remove(generation);
        }
        startPrefill(now);
    }

    /** Returns when {@link #advance} has something to do, or {@link #NEVER}. */
    long nextEventNanos() {
        return Math.min(prefillEndNanos, stepEndNanos);
    }

    /** Does everything that is due by {@code now}, in the order of time. */
    void advance(long now) {
        for (long due = nextEventNanos(); due <= now; due = nextEventNanos()) {
            if (prefillEndNanos == due) {
                endPrefill(due);
            } else {
                endStep(due);
            }
            startPrefill(due);
            startStep(due);
        }
    }

    private void startPrefill(long now) {
        Generation next = waiting.peek();
        if (prefilling != null || next == null || running.size() >= time.maxBatch()) {
            return;
        }
        PrefixCache.Allocation blocks =
                cache.allocate(next.blockHashes, cache.blocksOf(next.promptTokens + next.outputTokens));
        if (blocks == null) {
            return;
        }
        waiting.remove();
        next.allocation = blocks;
        // The last prompt token is always computed: its output is the first token.
        int reusable = Math.max(0, next.promptTokens - 1) / cache.blockTokens();
        next.cachedTokens = Math.min(blocks.hits(), reusable) * cache.blockTokens();
        next.prefillStartedNanos = now;
        prefilling = next;
        prefillEndNanos = next.computed ? now : now + time.prefillNanos(next.promptTokens - next.cachedTokens);
    }

    private void endPrefill(long at) {
        Generation generation = prefilling;
        prefilling = null;
        prefillEndNanos = NEVER;
        if (generation == null) {
            return;
        }
        observer.prefilled(generation);
        if (generation.outputTokens == 0) {
            finish(generation);
            return;
        }
        running.add(generation);
        produce(generation, at);
    }

    private void startStep(long now) {
        if (stepEndNanos == NEVER && !running.isEmpty()) {
            step.addAll(running);
            stepEndNanos = now + time.stepNanos(step.size());
        }
    }

    private void endStep(long at) {
        stepEndNanos = NEVER;
        List<Generation> members = List.copyOf(step);
        step.clear();
        for (Generation generation : members) {
            if (!generation.over) {
                produce(generation, at);
            }
        }
    }

    private void produce(Generation generation, long at) {
        long sinceLast = generation.produced == 0 ? 0 : at - generation.lastTokenNanos;
        if (generation.produced == 0) {
            generation.firstTokenNanos = at;
        }
        generation.lastTokenNanos = at;
        int index = generation.produced++;
        observer.produced(generation, sinceLast);
        generation.listener.token(index);
        if (generation.produced >= generation.outputTokens && !generation.over) {
            running.remove(generation);
            finish(generation);
        }
    }

    private void finish(Generation generation) {
        leave(generation);
        observer.finished(generation);
        generation.listener.finished();
    }

    private void leave(Generation generation) {
        generation.over = true;
        if (generation.allocation != null) {
            cache.release(generation.allocation);
            generation.allocation = null;
        }
    }
}
