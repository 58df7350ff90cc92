package dev.penstock.core.engine;

import java.io.Serial;

/** The shard was given to another server while code of a plugin ran: the engine's turn ends at once. */
final class ShardLostException extends RuntimeException {

    @SuppressWarnings("StaticAssignmentOfThrowable") // has neither stack nor state; a signal, not an error
    static final ShardLostException INSTANCE = new ShardLostException();

    @Serial
    private static final long serialVersionUID = 1;

    private ShardLostException() {
        super("shard lost", null, false, false);
    }
}
