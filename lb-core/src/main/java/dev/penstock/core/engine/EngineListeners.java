package dev.penstock.core.engine;

import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.SentPrompts;

/**
 * Who is told of what an engine does.
 *
 * @param held counts the requests that wait in routers
 * @param prompts is told which prompts are sent where
 */
public record EngineListeners(HeldRequests held, SentPrompts prompts) {

    /** Nobody. */
    public static final EngineListeners NONE = new EngineListeners(HeldRequests.NONE, SentPrompts.UNHEARD);
}
