package dev.penstock.bench.routing;

import java.util.HashMap;
import java.util.Map;

/**
 * Which requests belong to one conversation, as far as a trace without sessions shows it: a prompt that begins with all
 * whole blocks of an earlier one goes on with it. An earlier one of less than two whole blocks does not count, for the
 * first block is the system prompt of everybody. Confined to one thread.
 */
final class Conversations {

    private static final int LEAST_BLOCKS = 2;

    private final Map<Integer, Integer> byLastWholeBlock = new HashMap<>();
    private int known;

    /** The name of the conversation of the next request in the order of arrival. */
    String of(int inputTokens, int[] blocks) {
        int conversation = -1;
        for (int i = blocks.length - 1; i >= LEAST_BLOCKS - 1 && conversation < 0; i--) {
            conversation = byLastWholeBlock.getOrDefault(blocks[i], -1);
        }
        if (conversation < 0) {
            conversation = known++;
        }
        int whole = Math.min(inputTokens / Trace.BLOCK_TOKENS, blocks.length);
        if (whole >= LEAST_BLOCKS) {
            byLastWholeBlock.put(blocks[whole - 1], conversation);
        }
        return "conversation-" + conversation;
    }
}
