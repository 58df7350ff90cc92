package dev.penstock.server.exchange;

import dev.penstock.spi.Api;
import dev.penstock.spi.RoutingRequest;
import org.jspecify.annotations.Nullable;

/**
 * What routers are shown of a request. Immutable; any thread.
 *
 * @param id id of the request
 * @param model the model that the client named
 * @param api the call
 * @param stream whether a stream was asked for
 * @param arrivalNanos when the head had been read
 * @param bodyBytes bytes of the body, or of its inspected beginning while the rest still flows
 * @param maxTokens most tokens to generate, or -1
 * @param user the user, or null
 * @param prompt text of the prompt, or empty
 * @param prefixHashes chained hashes over the blocks of the prompt, or empty
 * @param tokens the prompt as tokens, or empty
 * @param sessionId value of {@code x-session-id}, or null
 * @param sessionKey value of {@code x-aibrix-session-key}, or null
 * @param wantsNotes whether the client wants to know how it was routed
 * @param wishes how soon the client wants its answer
 * @param configProfile name of the config profile that was asked for, or chosen by size; or null
 * @param routingConfig what the profile that holds says to strategies, as JSON; or null
 */
@SuppressWarnings("ArrayRecordComponent") // requests are never compared, and a list would box every hash
record ProxyRequest(String id, String model, Api api, boolean stream, long arrivalNanos, long bodyBytes, long maxTokens,
        @Nullable String user, String prompt, long[] prefixHashes, int[] tokens, @Nullable String sessionId,
        @Nullable String sessionKey, boolean wantsNotes, Wishes wishes,
        @Nullable String configProfile, @Nullable String routingConfig) implements RoutingRequest {

    static final int[] NO_TOKENS = {};

    /** The same request, of the user that its key belongs to. */
    ProxyRequest as(String owner) {
        return new ProxyRequest(id, model, api, stream, arrivalNanos, bodyBytes, maxTokens, owner, prompt,
                prefixHashes, tokens, sessionId, sessionKey, wantsNotes, wishes, configProfile, routingConfig);
    }

    /** The same request, whose prompt has become tokens. */
    ProxyRequest with(int[] made) {
        return new ProxyRequest(id, model, api, stream, arrivalNanos, bodyBytes, maxTokens, user, prompt,
                prefixHashes, made, sessionId, sessionKey, wantsNotes, wishes, configProfile, routingConfig);
    }

    @Override
    public int priority() {
        return wishes.priority();
    }

    @Override
    public long sloFirstTokenNanos() {
        return wishes.firstTokenNanos();
    }

    @Override
    public long sloPerTokenNanos() {
        return wishes.perTokenNanos();
    }

    @Override
    public long retainedBytes() {
        return bodyBytes;
    }

    /** Without the prompt: it is never logged. */
    @Override
    public String toString() {
        return "ProxyRequest[" + id + ", " + api + ", " + model + "]";
    }
}
