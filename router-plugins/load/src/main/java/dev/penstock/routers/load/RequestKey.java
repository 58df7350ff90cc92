package dev.penstock.routers.load;

import dev.penstock.spi.RoutingRequest;
import org.jspecify.annotations.Nullable;

/** What of a request decides where it belongs, as a number. Any thread. */
@FunctionalInterface
interface RequestKey {

    /** A request without a key. */
    long NONE = 0;

    /** The key of a request, or {@link #NONE}. */
    long of(RoutingRequest request);

    /** By session key, else session id, else user: what headers and keys say, never the text of a body. */
    static long ofSession(RoutingRequest request) {
        String key = given(request.sessionKey()) ? request.sessionKey()
                : given(request.sessionId()) ? request.sessionId() : request.user();
        return key == null || key.isEmpty() ? NONE : of(key);
    }

    /** By the beginning of the prompt. */
    static RequestKey ofPrefix(long blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("prefix-blocks: " + blocks + " (expected: 1 or more)");
        }
        return request -> {
            long[] hashes = request.prefixHashes();
            return hashes.length == 0 ? NONE : nonZero(hashes[(int) Math.min(blocks, hashes.length) - 1]);
        };
    }

    /** The number of a text: FNV-1a of 64 bits. */
    static long of(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return nonZero(hash);
    }

    private static boolean given(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private static long nonZero(long hash) {
        return hash == NONE ? 1 : hash;
    }
}
