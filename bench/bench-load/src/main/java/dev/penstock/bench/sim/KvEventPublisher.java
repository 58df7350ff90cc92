package dev.penstock.bench.sim;

import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** Tells what the prefix cache of one engine holds. Confined to the engine's event loop, but for the ports. */
final class KvEventPublisher implements PrefixCache.Observer {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Prompt(int[] tokens, @Nullable String adapter) { }

    private final KvEventHub.Line line;
    private final KvMessage message;
    private final int blockTokens;
    // By the array itself: the hashes of a prompt that waits are held by its generation.
    private final Map<long[], Prompt> prompts = new WeakHashMap<>();

    KvEventPublisher(KvEventHub.Line line, KvEventForm form, int blockTokens) {
        this.line = line;
        this.message = new KvMessage(form);
        this.blockTokens = blockTokens;
    }

    int port() {
        return line.port();
    }

    int replayPort() {
        return line.replayPort();
    }

    /** A prompt that may be stored later, known by its array of hashes. */
    void prompt(long[] hashes, int[] tokens, @Nullable String adapter) {
        prompts.put(hashes, new Prompt(tokens, adapter));
    }

    @Override
    public void changed(long[] removed, long[] hashes, int from) {
        Prompt prompt = prompts.get(hashes);
        boolean stored = prompt != null && from < hashes.length;
        int events = (removed.length > 0 ? 1 : 0) + (stored ? 1 : 0);
        if (events == 0) {
            return;
        }
        message.batch(events);
        if (removed.length > 0) {
            message.removed(removed);
        }
        if (prompt != null && stored) {
            message.stored(Arrays.copyOfRange(hashes, from, hashes.length), from == 0 ? null : hashes[from - 1],
                    Arrays.copyOfRange(prompt.tokens(), from * blockTokens, hashes.length * blockTokens), blockTokens,
                    prompt.adapter());
        }
        line.publish(message.end());
    }
}
