package dev.penstock.bench.jmh;

import dev.penstock.spi.Api;
import dev.penstock.spi.RoutingRequest;
import org.jspecify.annotations.Nullable;

/** A chat completion of a client with a session key. Immutable. */
record BenchRequest(String id) implements RoutingRequest {
    private static final long[] NO_HASHES = {};
    private static final int[] NO_TOKENS = {};

    @Override
    public String model() {
        return BenchFleet.MODEL;
    }

    @Override
    public Api api() {
        return Api.CHAT_COMPLETIONS;
    }

    @Override
    public boolean stream() {
        return true;
    }

    @Override
    public long arrivalNanos() {
        return 0;
    }

    @Override
    public long bodyBytes() {
        return 1_024;
    }

    @Override
    public long maxTokens() {
        return -1;
    }

    @Override
    public @Nullable String user() {
        return null;
    }

    @Override
    public String prompt() {
        return "";
    }

    @Override
    public long[] prefixHashes() {
        return NO_HASHES;
    }

    @Override
    public int[] tokens() {
        return NO_TOKENS;
    }

    @Override
    public @Nullable String sessionId() {
        return null;
    }

    @Override
    public @Nullable String sessionKey() {
        return "a-client";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public long sloFirstTokenNanos() {
        return -1;
    }

    @Override
    public long sloPerTokenNanos() {
        return -1;
    }

    @Override
    public long retainedBytes() {
        return bodyBytes();
    }
}
