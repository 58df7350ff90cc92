package dev.penstock.server.body;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chained hashes over blocks of the part of a request that engines keep in their KV cache: each hash stands for all
 * bytes up to the end of its block. Confined to one event loop.
 *
 * <p>The bytes are hashed as they were sent. A client that continues a conversation sends the same bytes again and adds
 * to them, so nothing is unescaped or copied together. Tools and system prompt come first, as in chat templates, and
 * are complete: their last block may be a short one. What follows grows from request to request, so only its full
 * blocks count. Models are told apart, for their engines share no blocks.
 */
public final class PrefixHasher {
    /** Blocks that are hashed at most: 8 MiB of prompt in blocks of 128 bytes. */
    static final int MAX_BLOCKS = 65_536;
    private static final int STRETCH = 4096;
    private static final long[] NONE = {};

    private final LongSupplier seeds;
    private Hasher64 hasher;
    private long seed;
    private final byte[] stretch = new byte[STRETCH];
    private long[] hashes = new long[64];
    private int count;
    private long last;

    /**
     * A hasher whose hashes are those of all others of the same seed.
     *
     * @param seed unknown to clients, or they could make blocks that look like those of others
     */
    public PrefixHasher(long seed) {
        this(() -> seed);
    }

    /**
     * A hasher whose hashes are those of all others of the same seed at the time.
     *
     * @param seeds tell the seed, which changes next to never; asked with each request
     */
    public PrefixHasher(LongSupplier seeds) {
        this.seeds = seeds;
        this.seed = seeds.getAsLong();
        this.hasher = Hashing.xxh3_64(seed);
    }

    /**
     * The hashes of a request; empty for calls whose engines keep no prefixes.
     *
     * @param facts of a scan
     * @param body the readable bytes that were scanned; its reader index stays where it is
     * @param api the call
     * @param model the model
     * @param blockBytes bytes in a block, more than zero
     */
    public long[] hashes(BodyFacts facts, ByteBuf body, Api api, String model, int blockBytes) {
        BodyKey growing = growing(api);
        if (growing == null || facts.start(growing) < 0) {
            return NONE;
        }
        long current = seeds.getAsLong();
        if (current != seed) {
            seed = current;
            hasher = Hashing.xxh3_64(current);
        }
        count = 0;
        last = hasher.hashCharsToLong(model);
        closed(facts, body, BodyKey.TOOLS, blockBytes);
        closed(facts, body, api == Api.RESPONSES ? BodyKey.INSTRUCTIONS : BodyKey.SYSTEM, blockBytes);
        // Without the quote or bracket at the end, behind which the next request of the conversation goes on.
        int length = facts.end(growing) - 1 - facts.start(growing);
        blocks(body, facts.start(growing), length - length % blockBytes, blockBytes);
        return count == 0 ? NONE : Arrays.copyOf(hashes, count);
    }

    private static @Nullable BodyKey growing(Api api) {
        return switch (api) {
            case CHAT_COMPLETIONS, MESSAGES -> BodyKey.MESSAGES;
            case COMPLETIONS -> BodyKey.PROMPT;
            case RESPONSES -> BodyKey.INPUT;
            case EMBEDDINGS, CLASSIFY, RERANK, IMAGES, VIDEO, TRANSCRIPTIONS, TRANSLATIONS, REALTIME -> null;
        };
    }

    private void closed(BodyFacts facts, ByteBuf body, BodyKey key, int blockBytes) {
        int start = facts.start(key);
        if (start >= 0 && !facts.empty(key)) {
            blocks(body, start, facts.end(key) - start, blockBytes);
        }
    }

    private void blocks(ByteBuf body, int start, int length, int blockBytes) {
        // Copied in stretches of whole blocks: an array is read faster than a buffer of many pieces.
        int step = blockBytes >= STRETCH ? blockBytes : STRETCH - STRETCH % blockBytes;
        byte[] bytes = step > STRETCH ? new byte[Math.min(step, Math.max(length, 0))] : stretch;
        for (int from = 0; from < length; from += step) {
            int size = Math.min(step, length - from);
            body.getBytes(body.readerIndex() + start + from, bytes, 0, size);
            for (int at = 0; at < size; at += blockBytes) {
                if (count == MAX_BLOCKS) {
                    return;
                }
                long block = hasher.hashBytesToLong(bytes, at, Math.min(blockBytes, size - at));
                last = hasher.hashLongLongToLong(last, block);
                add(last);
            }
        }
    }

    private void add(long hash) {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
        }
        hashes[count++] = hash;
    }
}
