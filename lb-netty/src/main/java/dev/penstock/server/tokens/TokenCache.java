package dev.penstock.server.tokens;

import com.dynatrace.hash4j.hashing.HashSink;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.penstock.core.port.Metrics;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Remembers tokens by what they were made of, bounded in bytes. Any thread; nobody waits.
 *
 * <p>Two generations: what is found in the old one moves to the young one, and when the young one is half of the room,
 * the old one is forgotten and the young one takes its place. So what is used stays.
 */
public final class TokenCache {

    /** What an entry takes beside its tokens, roughly. */
    private static final int ENTRY_BYTES = 128;

    private final long halfBytes;
    private final Hasher128 hasher;
    private final Metrics.Count hits;
    private final Metrics.Count misses;
    private final AtomicReference<Generations> generations = new AtomicReference<>(
            new Generations(new Generation(), new Generation()));

    private record Generations(Generation young, Generation old) {}

    private static final class Generation {
        final Map<HashValue128, int[]> entries = new ConcurrentHashMap<>();
        final AtomicLong bytes = new AtomicLong();

        /** Takes room before it is filled, so that no two fill the same. */
        boolean take(long wanted, long room) {
            long taken = bytes.get();
            while (taken + wanted <= room) {
                if (bytes.compareAndSet(taken, taken + wanted)) {
                    return true;
                }
                taken = bytes.get();
            }
            return false;
        }
    }

    /**
     * An empty one.
     *
     * @param bytes room; 0 where nothing is remembered
     * @param seed unknown to clients, or they could make texts that are taken for those of others
     */
    public TokenCache(long bytes, long seed, Metrics metrics) {
        this.halfBytes = bytes / 2;
        this.hasher = Hashing.xxh3_128(seed);
        this.hits = count(metrics, "hit");
        this.misses = count(metrics, "miss");
        metrics.gauge("penstock_tokenizer_cache_bytes", "Memory for tokens that are remembered.", this::bytes);
    }

    private static Metrics.Count count(Metrics metrics, String result) {
        return metrics.counter("penstock_tokenizer_cache", "Blocks of text whose tokens were looked up, by result.",
                "result", result);
    }

    /** What stands for a text. */
    public HashValue128 key(String tokenizer, String text) {
        return hasher.hashTo128Bits(text, (chars, sink) -> name(tokenizer, sink).putChars(chars));
    }

    /** What stands for a question to an engine. */
    HashValue128 key(String tokenizer, byte[] question) {
        return hasher.hashTo128Bits(question, (bytes, sink) -> name(tokenizer, sink).putBytes(bytes));
    }

    private static HashSink name(String tokenizer, HashSink sink) {
        // With its length: no name and text together are another name and text.
        return sink.putString(tokenizer);
    }

    /** The tokens, not to be changed; null where they are not known. */
    public int @Nullable [] find(HashValue128 key) {
        Generations now = current();
        int[] tokens = now.young.entries.get(key);
        if (tokens == null) {
            tokens = now.old.entries.get(key);
            if (tokens != null) {
                put(key, tokens);
            }
        }
        (tokens == null ? misses : hits).increment();
        return tokens;
    }

    /** Remembers tokens, which nobody changes any more. */
    public void put(HashValue128 key, int[] tokens) {
        long bytes = ENTRY_BYTES + (long) Integer.BYTES * tokens.length;
        if (bytes > halfBytes) {
            return;
        }
        while (true) {
            Generations now = current();
            if (now.young.take(bytes, halfBytes)) {
                if (now.young.entries.putIfAbsent(key, tokens) != null) {
                    now.young.bytes.addAndGet(-bytes);
                }
                return;
            }
            generations.compareAndSet(now, new Generations(new Generation(), now.young));
        }
    }

    private Generations current() {
        return Objects.requireNonNull(generations.get());
    }

    /** Bytes that are taken. */
    public long bytes() {
        Generations now = current();
        return now.young.bytes.get() + now.old.bytes.get();
    }
}
