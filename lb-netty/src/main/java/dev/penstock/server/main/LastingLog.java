package dev.penstock.server.main;

import java.util.logging.LogManager;

/**
 * The log of a process that has something to say while it shuts down. The JDK's own closes its handlers as soon as the
 * shutdown begins. Made by the JDK, by the name in a system property.
 */
public final class LastingLog extends LogManager {

    /** By the JDK. */
    public LastingLog() {}

    /** Does nothing: called at the shutdown, and with an empty log at the start. */
    @Override
    public void reset() {}
}
