package dev.penstock.server.mailbox;

import dev.penstock.spi.Api;
import dev.penstock.spi.RoutingRequest;
import org.jspecify.annotations.Nullable;

/** A request with little in it. */
record TestRequest(String id, String model) implements RoutingRequest {

    @Override
    public Api api() {
        return Api.CHAT_COMPLETIONS;
    }

    @Override
    public boolean stream() {
        return false;
    }

    @Override
    public long arrivalNanos() {
        return 0;
    }

    @Override
    public long bodyBytes() {
        return 400;
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
        return new long[0];
    }

    @Override
    public int[] tokens() {
        return new int[0];
    }

    @Override
    public @Nullable String sessionId() {
        return null;
    }

    @Override
    public @Nullable String sessionKey() {
        return null;
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
        return 0;
    }
}
