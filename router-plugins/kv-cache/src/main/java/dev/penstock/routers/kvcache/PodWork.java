package dev.penstock.routers.kvcache;

import dev.penstock.spi.RoutingContext;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The prompts that were sent to one pod and are not prefilled yet, in the order in which they were sent, which is the
 * order in which engines take them. A prompt is prefilled when the first byte of its answer comes. Where the client did
 * not ask for a stream, that byte comes after the whole answer; then the first byte of a later prompt says it, or the
 * time that its prefill takes. Confined to one thread.
 */
final class PodWork {

    private final PrefillRate rate = new PrefillRate();
    // A ring; places that nobody uses hold null, and so do those of prompts that replicas have sent.
    private @Nullable RoutingContext[] prompts = new RoutingContext[16];
    private long[] tokens = new long[16];
    private long[] sentNanos = new long[16];
    private int head;
    private int count;
    private long pendingTokens;
    private long activeTokens;
    private long lastFirstByteNanos = Long.MIN_VALUE;

    /** Prompts that are not prefilled yet. */
    int pending() {
        return count;
    }

    /** Their uncached tokens, as they were when they were sent. */
    long pendingTokens() {
        return pendingTokens;
    }

    /** Tokens of all prompts in flight, prefilled or not, cached or not. */
    long activeTokens() {
        return activeTokens;
    }

    /** What was learned of the pod's speed. */
    PrefillRate rate() {
        return rate;
    }

    void sent(RoutingContext prompt, long promptTokens, long uncachedTokens, long nowNanos) {
        if (count == prompts.length) {
            grow();
        }
        int place = place(count++);
        prompts[place] = prompt;
        tokens[place] = uncachedTokens;
        sentNanos[place] = nowNanos;
        pendingTokens += uncachedTokens;
        activeTokens += promptTokens;
    }

    /** A replica has sent a prompt, of which only time will tell when it is prefilled. */
    void sentElsewhere(long uncachedTokens, long nowNanos) {
        if (count == prompts.length) {
            grow();
        }
        int place = place(count++);
        prompts[place] = null;
        tokens[place] = uncachedTokens;
        sentNanos[place] = nowNanos;
        pendingTokens += uncachedTokens;
    }

    /**
     * Takes prompts of replicas for prefilled that must be by now, as far as they are the next ones.
     *
     * @param tokensPerSecond how fast the pod is; more than 0
     */
    void forgetElsewhere(long nowNanos, double tokensPerSecond) {
        while (count > 0 && prompts[head] == null) {
            long began = headBeganNanos();
            long prefilled = began + (long) (tokens[head] / tokensPerSecond * 1e9);
            if (nowNanos - prefilled < 0) {
                return;
            }
            lastFirstByteNanos = prefilled;
            remove(0);
        }
    }

    /**
     * Uncached tokens that are still to be prefilled: all that is pending, less what the pod must have done of its head
     * since it began with it.
     *
     * @param tokensPerSecond how fast it is; 0 to leave out what it has done
     */
    double remaining(long nowNanos, double tokensPerSecond) {
        while (count > 0) {
            double done = tokensPerSecond * (nowNanos - headBeganNanos()) / 1e9;
            if (done < tokens[head]) {
                return pendingTokens - Math.max(0, done);
            }
            if (streams(head)) {
                return pendingTokens - tokens[head];
            }
            // Its first byte comes late, with the whole answer: by now the pod is at the next one.
            lastFirstByteNanos = headBeganNanos() + (long) (tokens[head] / tokensPerSecond * 1e9);
            remove(0);
        }
        return 0;
    }

    /**
     * The first byte of an answer has come.
     *
     * @param all what is learned of all pods together
     */
    void firstByte(RoutingContext prompt, long nowNanos, PrefillRate all) {
        int at = find(prompt);
        if (at < 0) {
            return;
        }
        if (!prompt.request().stream()) {
            remove(at);
            return;
        }
        long began = headBeganNanos();
        double prefilled = 0;
        boolean inOrder = true;
        for (int i = at; i >= 0; i--) {
            if (i == at || !streams(place(i))) {
                prefilled += tokens[place(i)];
                remove(i);
            } else {
                inOrder = false;
            }
        }
        lastFirstByteNanos = nowNanos;
        if (inOrder && nowNanos > began) {
            double seconds = (nowNanos - began) / 1e9;
            rate.add(prefilled, seconds);
            all.add(prefilled, seconds);
        }
    }

    /** A request has ended, whether there was a first byte or not. */
    void ended(RoutingContext prompt, long promptTokens) {
        activeTokens = Math.max(0, activeTokens - promptTokens);
        int at = find(prompt);
        if (at >= 0) {
            remove(at);
        }
    }

    private long headBeganNanos() {
        return Math.max(sentNanos[head], lastFirstByteNanos);
    }

    private boolean streams(int place) {
        RoutingContext prompt = prompts[place];
        return prompt != null && prompt.request().stream();
    }

    // From the oldest on: that is the one whose first byte comes, nearly always.
    private int find(RoutingContext prompt) {
        for (int i = 0; i < count; i++) {
            if (prompts[place(i)] == prompt) {
                return i;
            }
        }
        return -1;
    }

    private void remove(int at) {
        pendingTokens -= tokens[place(at)];
        for (int i = at; i > 0; i--) {
            move(place(i - 1), place(i));
        }
        prompts[head] = null;
        head = place(1);
        count--;
    }

    private void move(int from, int to) {
        prompts[to] = prompts[from];
        tokens[to] = tokens[from];
        sentNanos[to] = sentNanos[from];
    }

    private int place(int index) {
        int place = head + index;
        return place < prompts.length ? place : place - prompts.length;
    }

    private void grow() {
        int length = prompts.length;
        prompts = Arrays.copyOf(prompts, 2 * length);
        tokens = Arrays.copyOf(tokens, 2 * length);
        sentNanos = Arrays.copyOf(sentNanos, 2 * length);
        // What had wrapped around goes behind what had not.
        for (int i = 0; i < head; i++) {
            move(i, length + i);
            prompts[i] = null;
        }
    }
}
