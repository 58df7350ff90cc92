package dev.penstock.bench.soak;

import dev.penstock.bench.sim.Fault;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request: its bytes, what may come back, and how the client behaves.
 *
 * @param number    its number in the run; with the seed it says everything about it
 * @param name      what kind it is, for a person
 * @param bytes     head and body as they are sent
 * @param pieces    in how many parts they are sent
 * @param wanted    what may come back
 * @param behavior  what the client does
 * @param batch     how many requests are sent with this one, itself included, before the first answer is read
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
record Call(long number, String name, byte[] bytes, int pieces, Wanted wanted, Behavior behavior, int batch) {

    /**
     * What may come back.
     *
     * @param errors   the statuses that a request which is wrong must get; empty for a good one
     * @param form     how a good answer looks
     * @param events   how many events a streamed answer has; 0 for one that is not streamed
     * @param usage    whether a streamed answer tells its usage in a chunk of its own
     * @param messages whether errors have the shape of Anthropic's API
     * @param http10   whether it is for HTTP/1.0, where a reset is all that tells a broken answer from a whole one
     * @param closes   whether the connection ends with the answer
     * @param fault    what the engine was asked to do wrong, or null
     */
    record Wanted(Set<Integer> errors, Form form, int events, boolean usage, boolean messages, boolean http10,
                  boolean closes, @Nullable Fault fault) {
        static Wanted error(int status) {
            return new Wanted(Set.of(status), Form.JSON, 0, false, false, false, false, null);
        }

        boolean streamed() {
            return events > 0;
        }
    }

    /** How a good answer looks, and how a stream of this form ends. */
    enum Form {
        /** A JSON object; not a stream. */
        JSON(""),
        /** Chat and completions. */
        OPENAI("data: [DONE]\n\n"),
        /** Anthropic's messages. */
        MESSAGES("data: {\"type\":\"message_stop\"}\n\n"),
        /** Responses. */
        RESPONSES("\n\n");

        private final String tail;

        Form(String tail) {
            this.tail = tail;
        }

        /** What the last bytes of a whole stream are. */
        String tail() {
            return tail;
        }
    }

    /** What a client does. */
    sealed interface Behavior {
        /** Sends all and reads all. */
        record Patient() implements Behavior { }

        /** Says that it sends nothing more, and reads on. */
        record HalfCloses() implements Behavior { }

        /** Reads in small sips. */
        record Slow(int pauseMillis) implements Behavior { }

        /** Goes away in the middle of its request. */
        record LeavesSending(int afterBytes, boolean reset) implements Behavior { }

        /** Goes away in the middle of the answer, if that is longer. */
        record LeavesReading(int afterBytes, boolean reset) implements Behavior { }
    }
}
