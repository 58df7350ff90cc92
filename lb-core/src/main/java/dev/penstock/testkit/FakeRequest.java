package dev.penstock.testkit;

import dev.penstock.spi.Api;
import dev.penstock.spi.RoutingRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request, which a test changes where it needs to: {@code FakeRequest.plain().withPrompt("Hello").withUser("ann")}.
 * What a router {@linkplain dev.penstock.spi.Needs needs} is not prepared of it, but said by the test. Immutable.
 */
public final class FakeRequest implements RoutingRequest {

    private static final FakeRequest PLAIN = new FakeRequest(new Fields());

    private final Fields fields;

    private FakeRequest(Fields fields) {
        this.fields = fields;
    }

    /**
     * A chat for {@link FakeFleet#MODEL} of 400 bytes: no stream, no prompt, no user, no session, no limits, arrived at
     * the time 0.
     */
    public static FakeRequest plain() {
        return PLAIN;
    }

    /** The same with another id. */
    public FakeRequest withId(String other) {
        return with(copy -> copy.id = other);
    }

    /** The same for another model. */
    public FakeRequest withModel(String other) {
        return with(copy -> copy.model = other);
    }

    /** The same of another call. */
    public FakeRequest withApi(Api other) {
        return with(copy -> copy.api = other);
    }

    /** The same as a stream. */
    public FakeRequest streaming() {
        return with(copy -> copy.stream = true);
    }

    /** The same with another time of arrival, by {@link HandClock#nanoTime}. */
    public FakeRequest withArrivalNanos(long other) {
        return with(copy -> copy.arrivalNanos = other);
    }

    /** The same with a prompt, which is also its body. */
    public FakeRequest withPrompt(String other) {
        return with(copy -> {
            copy.prompt = other;
            copy.bodyBytes = other.length();
        });
    }

    /** The same with a body of another size, in bytes. */
    public FakeRequest withBodyBytes(long other) {
        return with(copy -> copy.bodyBytes = other);
    }

    /** The same with hashes over the blocks of its prompt. */
    public FakeRequest withPrefixHashes(long... other) {
        long[] hashes = other.clone();
        return with(copy -> copy.prefixHashes = hashes);
    }

    /** The same with its prompt as tokens. */
    public FakeRequest withTokens(int... other) {
        int[] tokens = other.clone();
        return with(copy -> copy.tokens = tokens);
    }

    /** The same with a limit of the tokens that may be generated. */
    public FakeRequest withMaxTokens(long other) {
        return with(copy -> copy.maxTokens = other);
    }

    /** The same of another user; null for none. */
    public FakeRequest withUser(@Nullable String other) {
        return with(copy -> copy.user = other);
    }

    /** The same with a session id; null for none. */
    public FakeRequest withSessionId(@Nullable String other) {
        return with(copy -> copy.sessionId = other);
    }

    /** The same with a session key; null for none. */
    public FakeRequest withSessionKey(@Nullable String other) {
        return with(copy -> copy.sessionKey = other);
    }

    /** The same, from a client that wants to know how it was routed. */
    public FakeRequest wantingNotes() {
        return with(fields -> fields.wantsNotes = true);
    }

    /**
     * The same of a config profile.
     *
     * @param name as the client asks for it; null for none
     * @param routingConfig what the profile that holds says to strategies, as JSON; null for nothing
     */
    public FakeRequest withProfile(@Nullable String name, @Nullable String routingConfig) {
        return with(copy -> {
            copy.configProfile = name;
            copy.routingConfig = routingConfig;
        });
    }

    /** The same with another priority. */
    public FakeRequest withPriority(int other) {
        return with(copy -> copy.priority = other);
    }

    /**
     * The same with times that the client asks for.
     *
     * @param firstTokenNanos time to the first token; -1 for none
     * @param perTokenNanos time for each further token; -1 for none
     */
    public FakeRequest withSlo(long firstTokenNanos, long perTokenNanos) {
        return with(copy -> {
            copy.sloFirstTokenNanos = firstTokenNanos;
            copy.sloPerTokenNanos = perTokenNanos;
        });
    }

    private FakeRequest with(Consumer<Fields> change) {
        Fields copy = fields.copy();
        change.accept(copy);
        return new FakeRequest(copy);
    }

    @Override
    public String id() {
        return fields.id;
    }

    @Override
    public String model() {
        return fields.model;
    }

    @Override
    public Api api() {
        return fields.api;
    }

    @Override
    public boolean stream() {
        return fields.stream;
    }

    @Override
    public long arrivalNanos() {
        return fields.arrivalNanos;
    }

    @Override
    public long bodyBytes() {
        return fields.bodyBytes;
    }

    @Override
    public long maxTokens() {
        return fields.maxTokens;
    }

    @Override
    public @Nullable String user() {
        return fields.user;
    }

    @Override
    public String prompt() {
        return fields.prompt;
    }

    @Override
    public long[] prefixHashes() {
        return fields.prefixHashes;
    }

    @Override
    public int[] tokens() {
        return fields.tokens;
    }

    @Override
    public @Nullable String sessionId() {
        return fields.sessionId;
    }

    @Override
    public @Nullable String sessionKey() {
        return fields.sessionKey;
    }

    @Override
    public int priority() {
        return fields.priority;
    }

    @Override
    public long sloFirstTokenNanos() {
        return fields.sloFirstTokenNanos;
    }

    @Override
    public long sloPerTokenNanos() {
        return fields.sloPerTokenNanos;
    }

    @Override
    public long retainedBytes() {
        return fields.bodyBytes;
    }

    @Override
    public boolean wantsNotes() {
        return fields.wantsNotes;
    }

    @Override
    public @Nullable String configProfile() {
        return fields.configProfile;
    }

    @Override
    public @Nullable String routingConfig() {
        return fields.routingConfig;
    }

    @Override
    public String toString() {
        return "request " + fields.id + " for " + fields.model;
    }

    /** Changed only between the copy and the request that is made of it. */
    private static final class Fields {
        private String id = "request-1";
        private String model = FakeFleet.MODEL;
        private Api api = Api.CHAT_COMPLETIONS;
        private boolean stream;
        private long arrivalNanos;
        private long bodyBytes = 400;
        private String prompt = "";
        private long[] prefixHashes = {};
        private int[] tokens = {};
        private long maxTokens = -1;
        private @Nullable String user;
        private @Nullable String sessionId;
        private @Nullable String sessionKey;
        private int priority;
        private long sloFirstTokenNanos = -1;
        private long sloPerTokenNanos = -1;
        private boolean wantsNotes;
        private @Nullable String configProfile;
        private @Nullable String routingConfig;

        private Fields copy() {
            Fields copy = new Fields();
            copy.id = id;
            copy.model = model;
            copy.api = api;
            copy.stream = stream;
            copy.arrivalNanos = arrivalNanos;
            copy.bodyBytes = bodyBytes;
            copy.prompt = prompt;
            copy.prefixHashes = prefixHashes;
            copy.tokens = tokens;
            copy.maxTokens = maxTokens;
            copy.user = user;
            copy.sessionId = sessionId;
            copy.sessionKey = sessionKey;
            copy.priority = priority;
            copy.sloFirstTokenNanos = sloFirstTokenNanos;
            copy.sloPerTokenNanos = sloPerTokenNanos;
            copy.wantsNotes = wantsNotes;
            copy.configProfile = configProfile;
            copy.routingConfig = routingConfig;
            return copy;
        }
    }
}
