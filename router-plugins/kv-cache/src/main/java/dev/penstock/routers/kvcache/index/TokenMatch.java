package dev.penstock.routers.kvcache.index;

import java.util.Arrays;

/**
 * How many tokens of a prompt each pod has cached, a block in a slower medium counting less. Used again for each
 * prompt, so it allocates nothing. Confined to one thread; what it says holds until the index changes.
 */
public final class TokenMatch {

    private double[] tokens = {};
    private int[] filledIn = {};
    private double[] walked = {};
    private double[] lastBlock = {};
    private int[] depths = {};
    private int[] walkedIn = {};
    private int filling;
    private int walk;

    /** Nothing matched yet. */
    public TokenMatch() {}

    /** Tokens of the prompt, from its beginning on, that a pod has cached. */
    public double tokens(int slot) {
        return slot < filledIn.length && filledIn[slot] == filling ? tokens[slot] : 0;
    }

    void begin(int slots) {
        if (slots > tokens.length) {
            tokens = Arrays.copyOf(tokens, slots);
            filledIn = Arrays.copyOf(filledIn, slots);
            walked = Arrays.copyOf(walked, slots);
            lastBlock = Arrays.copyOf(lastBlock, slots);
            depths = Arrays.copyOf(depths, slots);
            walkedIn = Arrays.copyOf(walkedIn, slots);
        }
        if (++filling == 0) {
            // Once in four billion prompts: marks of old ones would look new.
            Arrays.fill(filledIn, 0);
            filling = 1;
        }
    }

    /** From the beginning of the prompt again, in blocks of another size. */
    void beginWalk() {
        if (++walk == 0) {
            Arrays.fill(walkedIn, 0);
            walk = 1;
        }
    }

    /**
     * A pod holds a block.
     *
     * @param depth number of the block in the prompt, from 1
     * @param worth tokens that it counts for
     * @return whether the pod holds all before it, too
     */
    boolean holds(int slot, int depth, double worth) {
        if (walkedIn[slot] != walk) {
            walkedIn[slot] = walk;
            depths[slot] = 0;
            walked[slot] = 0;
        }
        if (depths[slot] == depth - 1) {
            depths[slot] = depth;
            walked[slot] += worth;
            lastBlock[slot] = worth;
        } else if (depths[slot] == depth) {
            // The same content under two names: the better of them counts.
            walked[slot] += Math.max(0, worth - lastBlock[slot]);
            lastBlock[slot] = Math.max(worth, lastBlock[slot]);
        } else {
            return false;
        }
        double before = tokens(slot);
        tokens[slot] = Math.max(before, walked[slot]);
        filledIn[slot] = filling;
        return true;
    }
}
