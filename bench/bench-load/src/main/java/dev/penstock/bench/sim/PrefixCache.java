package dev.penstock.bench.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key-value cache of one engine: a fixed number of blocks, shared by prompts with equal prefixes.
 *
 * <p>Blocks of running requests are pinned. Blocks that nobody runs on stay findable by their chained hash until they
 * are taken for something new, the least recently used first; of one prompt the tail goes before the head, because a
 * head without its tail is still worth something. Confined to the engine's event loop.
 */
final class PrefixCache {
    private final int blocks;
    private final int blockTokens;
    private final Map<Long, Block> byHash = new HashMap<>();
    private final LinkedHashSet<Block> unpinned = new LinkedHashSet<>();
    private final List<Long> removed = new ArrayList<>();
    private @Nullable Observer observer;
    private int blank;

    /** Told of what the cache holds; on the engine's event loop. */
    interface Observer {
        /**
         * A request has got its blocks.
         *
         * @param removed hashes of blocks that had to go for it
         * @param hashes  chained hashes of the full blocks of its prompt
         * @param from    the first of them that was not there before
         */
        void changed(long[] removed, long[] hashes, int from);
    }

    /** One block. Identity matters: two blocks are never equal. */
    private static final class Block {
        private @Nullable Long hash;
        private int pins;
    }

    /** The blocks of one request, pinned until released. */
    static final class Allocation {
        private final List<Block> blocks;
        private final int hits;

        private Allocation(List<Block> blocks, int hits) {
            this.blocks = blocks;
            this.hits = hits;
        }

        /** Returns how many leading blocks were there already. */
        int hits() {
            return hits;
        }
    }

    PrefixCache(int blocks, int blockTokens) {
        if (blocks < 1 || blockTokens < 1) {
            throw new IllegalArgumentException(
                    "kv cache: " + blocks + " blocks of " + blockTokens + " tokens (expected: at least 1 of each)");
        }
        this.blocks = blocks;
        this.blockTokens = blockTokens;
        this.blank = blocks;
    }

    /** Sets who is told of changes; nobody at first. */
    void observer(@Nullable Observer told) {
        observer = told;
    }

    int blockTokens() {
        return blockTokens;
    }

    int blocks() {
        return blocks;
    }

    int blocksOf(int tokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }

    /** Returns the share of blocks that running requests hold, 0 to 1. */
    double usage() {
        return (double) (blocks - blank - unpinned.size()) / blocks;
    }

    /**
     * Pins the blocks of a request: those of its prefix that are here, and new ones for the rest.
     *
     * @param hashes the chained hashes of the prompt's full blocks
     * @param total  blocks needed in all, output included
     * @return null if there is no room now; then nothing has changed
     */
    @Nullable Allocation allocate(long[] hashes, int total) {
        List<Block> pinned = new ArrayList<>(total);
        int unpinnedHits = 0;
        for (long hash : hashes) {
            Block block = byHash.get(hash);
            if (block == null) {
                break;
            }
            pinned.add(block);
            if (block.pins == 0) {
                unpinnedHits++;
            }
        }
        int hits = pinned.size();
        if (total - hits > blank + unpinned.size() - unpinnedHits) {
            return null;
        }
        for (Block block : pinned) {
            if (block.pins++ == 0) {
                unpinned.remove(block);
            }
        }
        for (int i = hits; i < total; i++) {
            Block block = takeBlock();
            block.pins = 1;
            // A later block of a chain may have outlived an earlier one; the older copy stays the findable one.
            if (i < hashes.length && byHash.putIfAbsent(hashes[i], block) == null) {
                block.hash = hashes[i];
            }
            pinned.add(block);
        }
        if (observer != null) {
            observer.changed(removed.stream().mapToLong(Long::longValue).toArray(), hashes, hits);
        }
        removed.clear();
        return new Allocation(pinned, hits);
    }

    void release(Allocation allocation) {
        for (int i = allocation.blocks.size() - 1; i >= 0; i--) {
            Block block = allocation.blocks.get(i);
            if (--block.pins > 0) {
                continue;
            }
            if (block.hash == null) {
                blank++;
            } else {
                unpinned.add(block);
            }
        }
    }

    private Block takeBlock() {
        if (blank > 0) {
            blank--;
            return new Block();
        }
        Iterator<Block> eldest = unpinned.iterator();
        Block block = eldest.next();
        eldest.remove();
        if (block.hash != null) {
            byHash.remove(block.hash);
            removed.add(block.hash);
            block.hash = null;
        }
        return block;
    }
}
