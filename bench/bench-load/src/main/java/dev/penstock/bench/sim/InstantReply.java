package dev.penstock.bench.sim;

import java.time.Duration;

/**
 * The fixed answer of an engine that costs next to nothing per request, so that a benchmark measures the proxy in
 * front of it. Every POST with a {@code Content-Length} gets it, whatever the body says; other requests are served as
 * ever. Of the faults only those of the listener apply.
 */
public sealed interface InstantReply {
    /**
     * One chat completion.
     *
     * @param bytes how long its body is
     */
    record Body(int bytes) implements InstantReply {
        /** Checks that there is room for a chat completion. */
        public Body {
            if (bytes < 512) {
                throw new IllegalArgumentException("instant: body of " + bytes + " bytes (expected: 512 or more)");
            }
        }
    }

    /**
     * One stream of chat completion chunks.
     *
     * @param chunks   how many; the last carries the end of the stream too
     * @param interval the time between two; zero sends all at once
     */
    record Stream(int chunks, Duration interval) implements InstantReply {
        /** Checks that there is something to stream. */
        public Stream {
            if (chunks < 1 || interval.isNegative()) {
                throw new IllegalArgumentException(
                        "instant: " + chunks + " chunks (expected: 1 or more, no negative interval)");
            }
        }
    }

    /**
     * Reads {@code json-1k} (a body of 1,536 bytes), {@code json-16k} (16,384), {@code json:BYTES}, {@code sse} (64
     * chunks 5 ms apart) or {@code sse:CHUNKS:MILLIS}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static InstantReply parse(String text) {
        String[] parts = text.split(":", -1);
        try {
            return switch (parts[0]) {
                case "json-1k" -> new Body(1_536);
                case "json-16k" -> new Body(16_384);
                case "json" -> new Body(Integer.parseInt(parts[1]));
                case "sse" -> parts.length == 1
                        ? new Stream(64, Duration.ofMillis(5))
                        : new Stream(Integer.parseInt(parts[1]), Duration.ofMillis(Long.parseLong(parts[2])));
                default -> throw new IllegalArgumentException(expected(text));
            };
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException incomplete) {
            throw new IllegalArgumentException(expected(text), incomplete);
        }
    }

    private static String expected(String text) {
        return "instant: " + text + " (expected: json-1k, json-16k, json:BYTES, sse or sse:CHUNKS:MILLIS)";
    }
}
