package dev.penstock.core.testing;

import dev.penstock.spi.Api;
import dev.penstock.spi.RoutingRequest;
import org.jspecify.annotations.Nullable;

/**
 * A chat request for {@link FakeFleet#MODEL}, which a test changes where it needs to. Immutable.
 *
 * @param id id of the request
 * @param model the model
 * @param bodyBytes bytes of the body
 * @param prompt text of the prompt
 * @param sessionId value of {@code x-session-id}, or null
 * @param sessionKey value of {@code x-aibrix-session-key}, or null
 */
public record FakeRequest(String id, String model, long bodyBytes, String prompt, @Nullable String sessionId,
        @Nullable String sessionKey) implements RoutingRequest {

    /** A request with nothing special. */
    public static FakeRequest plain() {
        return new FakeRequest("request-1", FakeFleet.MODEL, 400, "", null, null);
    }

    /** The same with another id. */
    public FakeRequest withId(String other) {
        return new FakeRequest(other, model, bodyBytes, prompt, sessionId, sessionKey);
    }

    /** The same for another model. */
    public FakeRequest withModel(String other) {
        return new FakeRequest(id, other, bodyBytes, prompt, sessionId, sessionKey);
    }

    /** The same with a prompt, which is also its body. */
    public FakeRequest withPrompt(String other) {
        return new FakeRequest(id, model, other.length(), other, sessionId, sessionKey);
    }

    /** The same with a session id. */
    public FakeRequest withSessionId(String other) {
        return new FakeRequest(id, model, bodyBytes, prompt, other, sessionKey);
    }

    /** The same with a session key. */
    public FakeRequest withSessionKey(String other) {
        return new FakeRequest(id, model, bodyBytes, prompt, sessionId, other);
    }

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
    public long maxTokens() {
        return -1;
    }

    @Override
    public @Nullable String user() {
        return null;
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
        return bodyBytes;
    }
}
