package dev.penstock.bench.routing;

import java.util.Arrays;

/**
 * The KV cache of a simulated pod: blocks of prompts, least recently used first out; those of running requests stay.
 * Confined to one thread.
 */
final class BlockCache {

    private static final int ABSENT = -1;
    private static final int NONE = -1;

    private final int capacity;
    private final int[] users;
    private final int[] older;
    private final int[] newer;
    private int oldest = NONE;
    private int newest = NONE;
    private int present;
    private int idle;
    private int reserved;

    /**
     * An empty cache.
     *
     * @param capacity blocks that fit
     * @param numbers blocks have numbers below this
     */
    BlockCache(int capacity, int numbers) {
        this.capacity = capacity;
        users = new int[numbers];
        older = new int[numbers];
        newer = new int[numbers];
        Arrays.fill(users, ABSENT);
    }

    /** Blocks of a prompt, from its beginning on, that are cached. */
    int matched(int[] prompt) {
        int matched = 0;
        while (matched < prompt.length && users[prompt[matched]] != ABSENT) {
            matched++;
        }
        return matched;
    }

    /** Blocks that running requests hold, or have reserved for their answers. */
    int used() {
        return present - idle + reserved;
    }

    /**
     * Takes the blocks of a prompt for a request that runs, and some for its answer.
     *
     * @return false where they do not fit as long as others run
     */
    boolean take(int[] prompt, int answerBlocks) {
        int matched = matched(prompt);
        int idleOfIt = 0;
        for (int i = 0; i < matched; i++) {
            idleOfIt += users[prompt[i]] == 0 ? 1 : 0;
        }
        int added = prompt.length - matched + answerBlocks;
        int free = capacity - present - reserved;
        if (free + idle - idleOfIt < added) {
            return false;
        }
        for (int i = 0; i < matched; i++) {
            use(prompt[i]);
        }
        for (int i = free; i < added; i++) {
            evictOldest();
        }
        for (int i = matched; i < prompt.length; i++) {
            users[prompt[i]] = 1;
            present++;
        }
        reserved += answerBlocks;
        return true;
    }

    /** The request has ended: its prompt is the most recently used one, its end least so; its answer is forgotten. */
    void give(int[] prompt, int answerBlocks) {
        reserved -= answerBlocks;
        for (int i = prompt.length - 1; i >= 0; i--) {
            int block = prompt[i];
            if (--users[block] == 0) {
                idle++;
                older[block] = newest;
                newer[block] = NONE;
                if (newest == NONE) {
                    oldest = block;
                } else {
                    newer[newest] = block;
                }
                newest = block;
            }
        }
    }

    private void use(int block) {
        if (users[block]++ == 0) {
            unlink(block);
        }
    }

    private void evictOldest() {
        int block = oldest;
        unlink(block);
        users[block] = ABSENT;
        present--;
    }

    private void unlink(int block) {
        idle--;
        if (older[block] == NONE) {
            oldest = newer[block];
        } else {
            newer[older[block]] = newer[block];
        }
        if (newer[block] == NONE) {
            newest = older[block];
        } else {
            older[newer[block]] = older[block];
        }
    }
}
