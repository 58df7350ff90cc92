package dev.penstock.core.port;

import dev.penstock.spi.PodView;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which endpoint holds a response, for calls that name one and no model. Bounded: the oldest are forgotten.
 * Any thread; never blocks.
 */
public interface Pins {

    /**
     * Remembers an endpoint.
     *
     * @param responseId the id that the engine gave the response
     * @param endpoint where it is held
     */
    void pin(String responseId, PodView endpoint);

    /** The endpoint that holds a response, as it is in the fleet now; null where it is not known or has left. */
    @Nullable PodView find(String responseId);

    /**
     * Asks those who may know of a response that {@link #find} does not: replicas of this process.
     *
     * @param responseId the id
     * @param answer is called once, on any thread, perhaps before this returns, and late where they are slow; with
     *     null where they do not know it either
     */
    default void seek(String responseId, Consumer<@Nullable PodView> answer) {
        answer.accept(null);
    }
}
