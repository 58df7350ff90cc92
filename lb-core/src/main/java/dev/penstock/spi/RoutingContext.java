package dev.penstock.spi;

import java.util.List;

/**
 * One attempt to find an endpoint for a request: a promise that is kept once, now or later.
 *
 * <p>Threads: the answering methods and {@link #revoked} may be called from any thread; the rest is immutable.
 */
public interface RoutingContext {

    /** The request. */
    RoutingRequest request();

    /** The endpoints that may be chosen; at least one. */
    Candidates candidates();

    /**
     * The endpoints that may be chosen now: for a router that has let the request wait. They may be others than those
     * of {@link #candidates}, or none. From the router's own methods only.
     *
     * @since 1.2
     */
    default Candidates currentCandidates() {
        return candidates();
    }

    /** The fleet as it was when the router was asked. */
    Snapshot snapshot();

    /** The live figures of all endpoints. */
    PodLoad load();

    /**
     * Length of the prompt in tokens: exact where a router of the expression {@linkplain Needs#tokenizer needs} the
     * tokens, else estimated by the size of the body. {@link PodLoad#pendingTokens} is counted by it.
     *
     * @since 1.1
     */
    default long promptTokens() {
        return request().tokens().length;
    }

    /**
     * How many tokens the request may well be answered with, drawn once for this attempt: what
     * {@link PodLoad#pendingLoad} will count it with. From the router's own methods only.
     *
     * @return a power of two; 1 where nothing is known
     * @since 1.1
     */
    default long predictedOutputTokens() {
        return 1;
    }

    /** When the answer must be there, by {@link RouterEnvironment#nanoTime}; after it the fallback decides. */
    long deadlineNanos();

    /**
     * Number of this attempt: 0, and more where earlier ones have failed. Each attempt has a context of its own, whose
     * candidates lack the endpoints that have failed.
     */
    int attempt();

    /** Names of the strategies in the expression that the request is routed by, in its order. */
    List<String> strategies();

    /**
     * Answers with a plan. Its endpoint is counted in flight in the same step, so the next request sees it.
     *
     * @param plan what to do; null is an invalid answer
     * @return whether the answer was taken; false where the attempt was answered, timed out or canceled before, or
     * where the endpoint is not a candidate. True for an answer that is given later means only that it will be looked
     * at.
     */
    boolean select(Plan plan);

    /**
     * Answers with one endpoint.
     *
     * @param endpoint one of the candidates
     * @return as {@link #select(Plan)}
     */
    default boolean select(PodView endpoint) {
        return select(new Plan.Single(endpoint));
    }

    /**
     * Answers that this router has no opinion; the fallback decides.
     *
     * @param reason a short constant, the value of a metric label; after the first 32 different ones of a process,
     * further ones are counted as {@code other}
     * @return whether the answer was taken
     */
    boolean abstain(String reason);

    /**
     * Answers that the request is to end with an error, {@link ErrorCode#SHED} for example.
     *
     * @param error what the client gets
     * @return whether the answer was taken
     */
    boolean fail(ErrorCode error);

    /** Whether an answer would be in vain: there is one, the deadline has passed, or the client has gone. */
    boolean revoked();

    /**
     * Adds a header to the answer that the client gets. Works from within {@link Router#route} and
     * {@link Router#chosen}; later it does nothing.
     *
     * @param name a header name in lower case
     * @param value printable ASCII
     * @throws IllegalArgumentException where name or value could not be sent as a header
     */
    void responseHeader(String name, String value);

    /**
     * Says something about this decision to the client that {@linkplain RoutingRequest#wantsNotes wants to know}: that
     * a figure was missing, and what stood in for it. Comes in the header {@code x-penstock-routing} of the answer,
     * after what was said before; nothing happens where nobody wants to know. Works where {@link #responseHeader}
     * works.
     *
     * @param text {@code strategy=fact} for example; printable ASCII without commas; best a constant, so that a
     * request for which nobody asks makes no object
     * @throws IllegalArgumentException where it could not be sent in a header, and somebody wants to know
     * @since 1.2
     */
    default void note(String text) {}
}
