package dev.penstock.spi;

import org.jspecify.annotations.Nullable;

/**
 * What routers know of a request. Immutable; any thread may read it.
 *
 * <p>The body itself stays with the proxy.
 */
public interface RoutingRequest {

    /** The id that logs and the {@code request-id} header carry. */
    String id();

    /** The model that the client named; {@link Snapshot#model} knows it. */
    String model();

    /** The call, for example a chat completion. */
    Api api();

    /** Whether the client asked for a stream. */
    boolean stream();

    /** When the head had been read, by {@link RouterEnvironment#nanoTime}. */
    long arrivalNanos();

    /** Bytes of the body, or of its inspected beginning while the rest still flows. */
    long bodyBytes();

    /** The most tokens that may be generated; -1 where the client set no limit. */
    long maxTokens();

    /** The user, from the key or the {@code user} header, or null. */
    @Nullable String user();

    /**
     * The text of the prompt that decides over its prefix; empty unless a router of the expression
     * {@linkplain Needs#text needs} it.
     */
    String prompt();

    /** Chained hashes over the blocks of the prompt, first block first; not to be changed; empty unless needed. */
    long[] prefixHashes();

    /**
     * The prompt as tokens; not to be changed; empty unless {@linkplain Needs#tokenizer needed}, and where
     * they could not be made in time.
     */
    int[] tokens();

    /** Value of {@code x-session-id}, or null. */
    @Nullable String sessionId();

    /** Value of {@code x-aibrix-session-key}, or null. */
    @Nullable String sessionKey();

    /**
     * Priority of the request, by the header {@code x-request-priority}: 0 is normal, more is more urgent. Clients say
     * what they like; how far that is heeded is the router's affair.
     */
    int priority();

    /** Time to first token that the client asks for by {@code x-slo-ttft-ms}, in nanoseconds; -1 where it does not. */
    long sloFirstTokenNanos();

    /**
     * Time for each further token that the client asks for by {@code x-slo-tpot-ms}, in nanoseconds; -1 where it does
     * not.
     */
    long sloPerTokenNanos();

    /** Bytes that the proxy holds in memory for this request while a router lets it wait. */
    long retainedBytes();

    /**
     * Whether the client wants to know how the request was routed, by {@code x-penstock-routing: true}: what
     * {@link RoutingContext#note} says is kept.
     *
     * @since 1.2
     */
    default boolean wantsNotes() {
        return false;
    }

    /**
     * Name of the config profile that the client asked for by {@code config-profile}, whether the model has one of this
     * name or not; or of the one that was chosen for it by its size, where it asked for {@code auto}. Null where it
     * asked for none, or where clients may not.
     *
     * @since 1.2
     */
    default @Nullable String configProfile() {
        return null;
    }

    /**
     * What the config profile that holds for the request says to strategies: the JSON of its {@code routingConfig}, or
     * null. Requests of one profile have the same text, so what is read from it is best kept.
     *
     * @since 1.2
     */
    default @Nullable String routingConfig() {
        return null;
    }
}
