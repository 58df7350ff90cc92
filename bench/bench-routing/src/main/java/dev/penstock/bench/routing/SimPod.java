package dev.penstock.bench.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A simulated pod. Prompts are prefilled in the order in which they came, one at a time; then a request decodes, a
 * token in each step, in which all that run take part. Steps in which nobody comes or goes are passed over at once.
 * Confined to one thread.
 */
final class SimPod {

    private static final long NEVER = Long.MAX_VALUE;

    private final FleetModel model;
    private final double nanosPerToken;
    private final BlockCache cache;
    private final EngineMeter meter = new EngineMeter();
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final List<Job> joining = new ArrayList<>();
    private final List<Job> starting = new ArrayList<>();
    private final PriorityQueue<Job> running = new PriorityQueue<>(Comparator.comparingLong((Job job) -> job.lastStep)
            .thenComparingInt(job -> job.number));
    private @Nullable Job prefilling;
    private long prefilledAt = NEVER;
    // The beginning of the step that runs, its number, and how long it and those behind it take.
    private long stepBegan;
    private long step;
    private long stepNanos;
    private long boundary = NEVER;
    private long prefilledTokens;

    /** What happens to requests at a pod. */
    interface Listener {
        void firstToken(Job job);

        void ended(Job job);
    }

    /**
     * An idle pod.
     *
     * @param speed times the speed of the model's pods
     * @param blockNumbers blocks have numbers below this
     */
    SimPod(FleetModel model, double speed, int blockNumbers) {
        this.model = model;
        nanosPerToken = 1e9 / model.tokensPerSecond() / speed;
        cache = new BlockCache(model.blocks(), blockNumbers);
    }

    /** When something happens next; {@link Long#MAX_VALUE} where nothing does. */
    long next() {
        return Math.min(prefilledAt, boundary);
    }

    /** Uncached tokens that it was given to prefill. */
    long prefilledTokens() {
        return prefilledTokens;
    }

    void add(Job job, long now) {
        job.sentNanos = now;
        waiting.add(job);
        prefillNext(now);
        meter.busy(running() > 0, now);
    }

    /** What the engine tells of itself, after all that happens at this time. */
    EnginePage page(long now) {
        int there = running();
        long steps = running.isEmpty() ? 0 : (now - stepBegan) / stepNanos;
        double kvUsage = (double) cache.used() / model.blocks();
        return new EnginePage(there, waiting.size(), kvUsage, Math.max(kvUsage, (double) there / model.batch()),
                meter.at(now, steps, running.size(), stepNanos));
    }

    private int running() {
        return running.size() + joining.size() + (prefilling == null ? 0 : 1);
    }

    /** Lets happen what happens at {@link #next}. */
    void run(long now, Listener listener) {
        if (boundary == now) {
            stepEnds(now, listener);
        }
        if (prefilledAt == now) {
            Job done = prefilling;
            prefilling = null;
            prefilledAt = NEVER;
            if (done != null) {
                joining.add(done);
            }
        }
        join(now);
        prefillNext(now);
        meter.busy(running() > 0, now);
    }

    private void prefillNext(long now) {
        Job job = waiting.peek();
        if (job == null || prefilling != null || running.size() + joining.size() >= model.batch()) {
            return;
        }
        int matched = cache.matched(job.request.blocks());
        if (!cache.take(job.request.blocks(), job.answerBlocks)) {
            return;
        }
        waiting.remove();
        job.hitBlocks = matched;
        job.uncachedTokens = Math.max(1, job.request.inputTokens() - (long) matched * Trace.BLOCK_TOKENS);
        prefilledTokens += job.uncachedTokens;
        meter.prefills(job, (long) matched * Trace.BLOCK_TOKENS);
        job.prefillNanos = now;
        prefilling = job;
        prefilledAt = now + Math.max(1, Math.round(job.uncachedTokens * nanosPerToken));
    }

    private void stepEnds(long now, Listener listener) {
        long steps = (now - stepBegan) / stepNanos;
        meter.steps(steps, running.size(), starting.size(), stepNanos);
        step += steps;
        stepBegan = now;
        for (Job job : starting) {
            job.firstTokenNanos = now;
            meter.firstToken(job);
            listener.firstToken(job);
        }
        starting.clear();
        Job first;
        while ((first = running.peek()) != null && first.lastStep == step) {
            running.remove();
            first.endNanos = now;
            cache.give(first.request.blocks(), first.answerBlocks);
            meter.ended(first);
            listener.ended(first);
        }
    }

    /** Those that are prefilled run from the next step on, which is now where one ends or none runs. */
    private void join(long now) {
        boolean between = running.isEmpty() || stepBegan == now;
        if (between) {
            if (running.isEmpty()) {
                stepBegan = now;
            }
            for (Job job : joining) {
                job.lastStep = step + job.request.outputTokens();
                running.add(job);
                starting.add(job);
            }
            joining.clear();
            stepNanos = model.stepNanos() + model.stepNanosPerRequest() * running.size();
        }
        Job first = running.peek();
        if (first == null) {
            boundary = NEVER;
        } else if (!starting.isEmpty()) {
            boundary = stepBegan + stepNanos;
        } else if (!joining.isEmpty()) {
            boundary = stepBegan + ((now - stepBegan) / stepNanos + 1) * stepNanos;
        } else {
            boundary = stepBegan + (first.lastStep - step) * stepNanos;
        }
    }
}
