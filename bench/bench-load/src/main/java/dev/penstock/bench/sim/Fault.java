package dev.penstock.bench.sim;

import java.time.Duration;

/**
 * Something that goes wrong with one request, or with the whole engine because of it.
 *
 * <p>Each has a written form, for the command line, the {@code x-sim-fault} header and a {@link FaultPlan}:
 * {@code hang}, {@code reset-after=100}, {@code status=429:5}; see {@link #parse(String)}.
 */
public sealed interface Fault {

    /** The listener closes and new connections are refused, for so long; this request is answered. */
    record Refuse(Duration outage) implements Fault { }

    /** Listener and all connections are reset; the engine comes back on the same port after so long. */
    record Die(Duration outage) implements Fault { }

    /** The request is read and never answered; the connection stays open. */
    record Hang() implements Fault { }

    /** The head of the answer is sent, and then nothing ever. */
    record HangAfterHead() implements Fault { }

    /** The connection is reset before the first byte of the answer. */
    record Reset() implements Fault { }

    /** The connection is reset after so many bytes of the answer, its head included. */
    record ResetAfter(int bytes) implements Fault { }

    /** The connection is reset in mid-body: after half of a plain answer, or after three events of a stream. */
    record ResetMidBody() implements Fault { }

    /** The connection is closed in good order in mid-body, as {@link ResetMidBody}: the answer is too short. */
    record CloseMidBody() implements Fault { }

    /** The answer is sent one byte at a time, with a pause between any two. */
    record Trickle(Duration pause) implements Fault { }

    /** The announced length (of the body, or of a stream's first chunk) is 16 more than what is sent. */
    record LengthTooLong() implements Fault { }

    /** The announced length (of the body, or of a stream's first chunk) is less than what is sent. */
    record LengthTooShort() implements Fault { }

    /** The answer begins with a line that is no status line. */
    record BadHead() implements Fault { }

    /** The head of the answer is sent line by line, with a pause before each. */
    record SlowHead(Duration pause) implements Fault { }

    /** The request is answered, only later. */
    record Delay(Duration pause) implements Fault { }

    /**
     * The request is answered with an error at once.
     *
     * @param code       the HTTP status, 400 to 599
     * @param retryAfter seconds for a {@code Retry-After} header; negative for none
     */
    record Status(int code, int retryAfter) implements Fault {
        /** Checks the range of the code. */
        public Status {
            if (code < 400 || code > 599) {
                throw new IllegalArgumentException("status: " + code + " (expected: 400 to 599)");
            }
        }
    }

    /** A stream breaks after three events with an error event, as vLLM sends it; a plain answer is a 500. */
    record StreamError() implements Fault { }

    /**
     * Reads one fault in its written form {@code name[=value]}: {@code refuse=MS}, {@code die=MS}, {@code hang},
     * {@code hang-after-head}, {@code reset}, {@code reset-after=BYTES}, {@code reset-mid-body},
     * {@code close-mid-body}, {@code trickle=MS}, {@code length-long}, {@code length-short}, {@code bad-head},
     * {@code slow-head=MS}, {@code delay=MS}, {@code status=CODE[:RETRY_AFTER_S]}, {@code stream-error}. Times are
     * milliseconds and may be left out.
     *
     * @throws IllegalArgumentException if it is none of these; the message says what was expected
     */
    static Fault parse(String text) {
        int equals = text.indexOf('=');
        String name = (equals < 0 ? text : text.substring(0, equals)).trim();
        String value = equals < 0 ? "" : text.substring(equals + 1).trim();
        try {
            return switch (name) {
                case "refuse" -> new Refuse(millis(value, 1_000));
                case "die" -> new Die(millis(value, 1_000));
                case "hang" -> new Hang();
                case "hang-after-head" -> new HangAfterHead();
                case "reset" -> new Reset();
                case "reset-after" -> new ResetAfter(Integer.parseInt(value));
                case "reset-mid-body" -> new ResetMidBody();
                case "close-mid-body" -> new CloseMidBody();
                case "trickle" -> new Trickle(millis(value, 1));
                case "length-long" -> new LengthTooLong();
                case "length-short" -> new LengthTooShort();
                case "bad-head" -> new BadHead();
                case "slow-head" -> new SlowHead(millis(value, 100));
                case "delay" -> new Delay(millis(value, 1_000));
                case "status" -> status(value);
                case "stream-error" -> new StreamError();
                default -> throw new IllegalArgumentException("fault: " + name + " (expected: refuse, die, hang, "
                        + "hang-after-head, reset, reset-after, reset-mid-body, close-mid-body, trickle, length-long, "
                        + "length-short, bad-head, slow-head, delay, status or stream-error)");
            };
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("fault: " + text + " (expected: a number after '=')", notANumber);
        }
    }

    private static Status status(String value) {
        int colon = value.indexOf(':');
        return colon < 0
                ? new Status(Integer.parseInt(value), -1)
                : new Status(Integer.parseInt(value.substring(0, colon)), Integer.parseInt(value.substring(colon + 1)));
    }

    private static Duration millis(String value, long otherwise) {
        return Duration.ofMillis(value.isEmpty() ? otherwise : Long.parseLong(value));
    }
}
