package dev.penstock.cache.trace;

import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The way of records from the threads of requests to {@code lb-trace}: off-heap, bounded, without an object for each.
 * Any thread writes and never waits: what there is no room for is dropped and counted.
 */
public final class TraceRing implements TraceSink {

    /** Takes what was written, in its order. By {@code lb-trace}. */
    interface Reader {
        void arrived(String model, long window);

        void ended(String model, long window);

        void completed(String model, long window, long promptTokens, long completionTokens);
    }

    /** Room for some 100,000 records: a second of 50,000 requests. */
    static final int BYTES = 4 * 1024 * 1024;

    private static final int ARRIVED = 1;
    private static final int ENDED = 2;
    private static final int COMPLETED = 3;
    private static final int WINDOW = 0;
    private static final int MODEL = WINDOW + BitUtil.SIZE_OF_LONG;
    private static final int SHORT = MODEL + BitUtil.SIZE_OF_INT;
    private static final int PROMPT = SHORT + BitUtil.SIZE_OF_INT;
    private static final int COMPLETION = PROMPT + BitUtil.SIZE_OF_LONG;
    private static final int LONG = COMPLETION + BitUtil.SIZE_OF_LONG;

    /** Stands for a model in the ring. */
    private record Tag(int number, String model) {}

    private final ManyToOneRingBuffer ring;
    private final Supplier<TraceSteps> steps;
    private final ConcurrentMap<String, Tag> tags = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, Tag> byNumber = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final LongAdder droppedArrivals = new LongAdder();
    private final LongAdder droppedCompletions = new LongAdder();
    private volatile long window;

    /**
     * An empty ring.
     *
     * @param bytes room, a power of two
     * @param steps what is collected, as it is now
     */
    TraceRing(int bytes, Supplier<TraceSteps> steps) {
        this.ring = new ManyToOneRingBuffer(new UnsafeBuffer(
                ByteBuffer.allocateDirect(bytes + RingBufferDescriptor.TRAILER_LENGTH)));
        this.steps = steps;
    }

    // ---- any thread

    @Override
    public long began(String model) {
        long now = window;
        if (steps.get().arrivals()) {
            shortRecord(ARRIVED, model, now, droppedArrivals);
        }
        return now;
    }

    @Override
    public void ended(String model, long term) {
        if (steps.get().completions()) {
            shortRecord(ENDED, model, window, droppedCompletions);
        }
    }

    @Override
    public void ended(String model, long term, Usage usage) {
        if (!steps.get().completions()) {
            return;
        }
        // The window of the end, not of the beginning: that is how the GPU optimizer's records have always counted.
        int at = ring.tryClaim(COMPLETED, LONG);
        if (at < 0) {
            droppedCompletions.increment();
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putLong(at + WINDOW, window);
        buffer.putInt(at + MODEL, number(model));
        buffer.putLong(at + PROMPT, usage.promptTokens());
        buffer.putLong(at + COMPLETION, usage.completionTokens());
        ring.commit(at);
    }

    /** Beginnings of requests that there was no room for. */
    public long droppedArrivals() {
        return droppedArrivals.sum();
    }

    /** Ends of requests that there was no room for. */
    public long droppedCompletions() {
        return droppedCompletions.sum();
    }

    private void shortRecord(int kind, String model, long now, LongAdder dropped) {
        int at = ring.tryClaim(kind, SHORT);
        if (at < 0) {
            dropped.increment();
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putLong(at + WINDOW, now);
        buffer.putInt(at + MODEL, number(model));
        ring.commit(at);
    }

    private int number(String model) {
        Tag tag = tags.get(model);
        return tag == null ? newTag(model).number() : tag.number();
    }

    private Tag newTag(String model) {
        return tags.computeIfAbsent(model, name -> {
            Tag tag = new Tag(numbers.incrementAndGet(), name);
            byNumber.put(tag.number(), tag);
            return tag;
        });
    }

    // ---- lb-trace

    /** Records from now on belong to a window. */
    void open(long end) {
        window = end;
    }

    /** End of the window that records belong to. */
    long window() {
        return window;
    }

    /** Hands over what was written; how many records. */
    int drain(Reader reader) {
        return ring.read((kind, buffer, at, length) -> deliver(kind, buffer, at, reader));
    }

    private void deliver(int kind, MutableDirectBuffer buffer, int at, Reader reader) {
        Tag tag = byNumber.get(buffer.getInt(at + MODEL));
        if (tag == null) {
            // Forgotten while this record was being written, after a minute without any other one.
            (kind == ARRIVED ? droppedArrivals : droppedCompletions).increment();
            return;
        }
        long of = buffer.getLong(at + WINDOW);
        switch (kind) {
            case ARRIVED -> reader.arrived(tag.model(), of);
            case ENDED -> reader.ended(tag.model(), of);
            default -> reader.completed(tag.model(), of, buffer.getLong(at + PROMPT), buffer.getLong(at + COMPLETION));
        }
    }

    /** Forgets the number of a model that nobody asks for any more; it gets another one when somebody does. */
    void forget(String model) {
        Tag tag = tags.remove(model);
        if (tag != null) {
            byNumber.remove(tag.number());
        }
    }

    /** How many models have a number. */
    int models() {
        return tags.size();
    }
}
