package dev.penstock.bench.soak;

import dev.penstock.bench.sim.Fault;

/** What a client may see of each fault. Holds no state. */
final class Explanations {
    private Explanations() {
    }

    /** Whether an answer that has begun may end before its end because of the fault. */
    static boolean breaksAnswer(Fault fault) {
        return switch (fault) {
            case Fault.HangAfterHead f -> true;
            case Fault.ResetAfter f -> true;
            case Fault.ResetMidBody f -> true;
            case Fault.CloseMidBody f -> true;
            case Fault.LengthTooLong f -> true;
            case Fault.LengthTooShort f -> true;
            case Fault.Die f -> true;
            case Fault.Refuse f -> false;
            case Fault.Hang f -> false;
            case Fault.Reset f -> false;
            case Fault.Trickle f -> false;
            case Fault.BadHead f -> false;
            case Fault.SlowHead f -> false;
            case Fault.Delay f -> false;
            case Fault.Status f -> false;
            case Fault.StreamError f -> false;
        };
    }

    /** Whether a request may be answered with an error of this status because of the fault. */
    static boolean causesStatus(Fault fault, int status) {
        return switch (fault) {
            case Fault.Hang f -> status == 504;
            case Fault.HangAfterHead f -> status == 504;
            case Fault.Reset f -> status == 502;
            case Fault.ResetAfter f -> status == 502;
            case Fault.ResetMidBody f -> status == 502;
            case Fault.CloseMidBody f -> status == 502;
            case Fault.LengthTooLong f -> status == 502;
            case Fault.LengthTooShort f -> status == 502;
            case Fault.BadHead f -> status == 502;
            case Fault.Die f -> status == 502 || status == 503;
            case Fault.Refuse f -> status == 502 || status == 503;
            case Fault.Status(int code, int retryAfter) -> status == code;
            case Fault.StreamError f -> status == 500;
            // The head of the answer comes byte by byte, too.
            case Fault.Trickle f -> status == 504;
            case Fault.SlowHead f -> false;
            case Fault.Delay f -> false;
        };
    }
}
