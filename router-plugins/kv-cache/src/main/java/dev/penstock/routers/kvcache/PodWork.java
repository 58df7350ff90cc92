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

    private final WorkColumns columns;
    private final int row;
    // A ring; places that nobody uses hold null, and so do those of prompts that replicas have sent.
    private @Nullable RoutingContext[] prompts = new RoutingContext[16];
    private long[] tokens = new long[16];
    private long[] sentNanos = new long[16];
    private int first;
    private int count;
    private long lastFirstByteNanos = Long.MIN_VALUE;

    /** Nothing is on its way. */
    PodWork(WorkColumns columns, int row) {
        this.columns = columns;
        this.row = row;
    }

    /** Its row. */
    int row() {
        return row;
    }

    /** Prompts that are not prefilled yet. */
    int pending() {
        return count;
    }

    /** This process has sent a prompt. */
    void sent(RoutingContext prompt, long promptTokens, long uncachedTokens, long nowNanos) {
        add(prompt, uncachedTokens, nowNanos);
        columns.activeTokens[row] += promptTokens;
    }

    /** A replica has sent a prompt, of which only time will tell when it is prefilled. */
    void sentElsewhere(long uncachedTokens, long nowNanos) {
        add(null, uncachedTokens, nowNanos);
    }

    private void add(@Nullable RoutingContext prompt, long uncachedTokens, long nowNanos) {
        if (count == prompts.length) {
            grow();
        }
        int place = place(count++);
        prompts[place] = prompt;
        tokens[place] = uncachedTokens;
        sentNanos[place] = nowNanos;
        columns.pendingTokens[row] += uncachedTokens;
        columns.addPending(1);
        tellHead();
    }

    /** The oldest prompt must be prefilled, though nobody has said so. */
    void passHead(long prefilledNanos) {
        lastFirstByteNanos = prefilledNanos;
        remove(0);
        tellHead();
    }

    /** The first byte of an answer has come. */
    void firstByte(RoutingContext prompt, long nowNanos) {
        int at = find(prompt);
        if (at < 0) {
            return;
        }
        if (prompt.request().stream()) {
            prefilled(at, nowNanos);
        } else {
            remove(at);
        }
        tellHead();
    }

    /** The prompt of a stream is prefilled, and so is each before it that says nothing of that itself. */
    private void prefilled(int at, long nowNanos) {
        long began = headBeganNanos();
        double prefilled = 0;
        boolean inOrder = true;
        for (int i = at; i >= 0; i--) {
            if (i == at || kind(place(i)) != WorkColumns.STREAM) {
                prefilled += tokens[place(i)];
                remove(i);
            } else {
                inOrder = false;
            }
        }
        lastFirstByteNanos = nowNanos;
        if (inOrder && nowNanos > began) {
            columns.learn(row, prefilled, (nowNanos - began) / 1e9);
        }
    }

    /** A request has ended, whether there was a first byte or not. */
    void ended(RoutingContext prompt, long promptTokens) {
        columns.activeTokens[row] = Math.max(0, columns.activeTokens[row] - promptTokens);
        int at = find(prompt);
        if (at >= 0) {
            remove(at);
            tellHead();
        }
    }

    private void tellHead() {
        boolean any = count > 0;
        columns.head[row] = any ? kind(first) : WorkColumns.NONE;
        columns.headTokens[row] = any ? tokens[first] : 0;
        columns.headBeganNanos[row] = any ? headBeganNanos() : 0;
    }

    private byte kind(int place) {
        RoutingContext prompt = prompts[place];
        if (prompt == null) {
            return WorkColumns.ELSEWHERE;
        }
        return prompt.request().stream() ? WorkColumns.STREAM : WorkColumns.WHOLE;
    }

    private long headBeganNanos() {
        return Math.max(sentNanos[first], lastFirstByteNanos);
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
        columns.pendingTokens[row] -= tokens[place(at)];
        columns.addPending(-1);
        for (int i = at; i > 0; i--) {
            move(place(i - 1), place(i));
        }
        prompts[first] = null;
        first = place(1);
        count--;
    }

    private void move(int from, int to) {
        prompts[to] = prompts[from];
        tokens[to] = tokens[from];
        sentNanos[to] = sentNanos[from];
    }

    private int place(int index) {
        int place = first + index;
        return place < prompts.length ? place : place - prompts.length;
    }

    private void grow() {
        int length = prompts.length;
        prompts = Arrays.copyOf(prompts, 2 * length);
        tokens = Arrays.copyOf(tokens, 2 * length);
        sentNanos = Arrays.copyOf(sentNanos, 2 * length);
        // What had wrapped around goes behind what had not.
        for (int i = 0; i < first; i++) {
            move(i, length + i);
            prompts[i] = null;
        }
    }
}
