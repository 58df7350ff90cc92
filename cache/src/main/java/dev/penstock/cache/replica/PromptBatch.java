package dev.penstock.cache.replica;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The prompts that a replica has sent in a period, as a text: a version, what tells seeds of hashes apart, and for each
 * prompt its endpoint, its tokens and the hashes of its blocks; eight bytes a block, in Base64. Confined to one thread.
 */
final class PromptBatch {

    /**
     * A prompt.
     *
     * @param endpoint number of the endpoint, by {@link EndpointIds}
     * @param tokens its length
     * @param hashes of its blocks; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Prompt(long endpoint, int tokens, long[] hashes) {}

    /** Most bytes of a batch, before Base64. */
    static final int MOST_BYTES = 65_536;
    /** Most blocks of a prompt that are told of; what it begins with is what others share. */
    static final int MOST_BLOCKS = 4_096;

    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + Long.BYTES;
    private static final int PROMPT_BYTES = Long.BYTES + 2 * Integer.BYTES;
    private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

    private final ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);

    /** Begins a batch whose prompts were hashed with a seed. */
    void begin(long seed) {
        bytes.clear();
        bytes.put(VERSION).putLong(told(seed));
    }

    /** What others are told of a seed: enough to know whether it is theirs, too little to know it. */
    private static long told(long seed) {
        long mixed = (seed ^ seed >>> 32) * 0x9e3779b97f4a7c15L;
        return (mixed ^ mixed >>> 29) & 0xffff_ffffL;
    }

    /** Adds a prompt; false where the batch is full: then nothing was added. */
    boolean add(long endpoint, long tokens, long[] hashes) {
        int blocks = Math.min(hashes.length, MOST_BLOCKS);
        if (bytes.remaining() < PROMPT_BYTES + blocks * Long.BYTES) {
            return false;
        }
        bytes.putLong(endpoint).putInt((int) Math.min(tokens, Integer.MAX_VALUE)).putInt(blocks);
        bytes.asLongBuffer().put(hashes, 0, blocks);
        bytes.position(bytes.position() + blocks * Long.BYTES);
        return true;
    }

    /** The batch as a text. */
    String text() {
        return ENCODER.encodeToString(Arrays.copyOf(bytes.array(), bytes.position()));
    }

    /**
     * Reads a batch.
     *
     * @param text the text
     * @param seed that of this process
     * @param others is told how many bytes were passed over, because they are of another seed
     * @return its prompts; none where they were hashed with another seed
     * @throws IllegalArgumentException where it is none
     */
    static List<Prompt> parse(String text, long seed, LongConsumer others) {
        if (text.length() > 2 * MOST_BYTES) {
            throw new IllegalArgumentException(text.length() + " characters");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        if (bytes.remaining() < HEAD_BYTES || bytes.get() != VERSION) {
            throw new IllegalArgumentException("not of a version that is known here");
        }
        if (bytes.getLong() != told(seed)) {
            others.accept(text.length());
            return List.of();
        }
        List<Prompt> prompts = new ArrayList<>();
        while (bytes.hasRemaining()) {
            prompts.add(prompt(bytes));
        }
        return prompts;
    }

    private static Prompt prompt(ByteBuffer bytes) {
        if (bytes.remaining() < PROMPT_BYTES) {
            throw new IllegalArgumentException("cut off");
        }
        long endpoint = bytes.getLong();
        int tokens = bytes.getInt();
        int blocks = bytes.getInt();
        if (tokens < 0 || blocks <= 0 || blocks > MOST_BLOCKS || bytes.remaining() < blocks * Long.BYTES) {
            throw new IllegalArgumentException("a prompt of " + tokens + " tokens and " + blocks + " blocks");
        }
        long[] hashes = new long[blocks];
        bytes.asLongBuffer().get(hashes);
        bytes.position(bytes.position() + blocks * Long.BYTES);
        return new Prompt(endpoint, tokens, hashes);
    }
}
