package dev.penstock.bench.soak;

import dev.penstock.bench.sim.Fault;

/** The written form of faults, as {@link Fault#parse} reads it. Holds no state. */
final class FaultNames {
    private FaultNames() {
    }

    static String of(Fault fault) {
        return switch (fault) {
            case Fault.Refuse(var outage) -> "refuse=" + outage.toMillis();
            case Fault.Die(var outage) -> "die=" + outage.toMillis();
            case Fault.Hang f -> "hang";
            case Fault.HangAfterHead f -> "hang-after-head";
            case Fault.Reset f -> "reset";
            case Fault.ResetAfter(int bytes) -> "reset-after=" + bytes;
            case Fault.ResetMidBody f -> "reset-mid-body";
            case Fault.CloseMidBody f -> "close-mid-body";
            case Fault.Trickle(var pause) -> "trickle=" + pause.toMillis();
            case Fault.LengthTooLong f -> "length-long";
            case Fault.LengthTooShort f -> "length-short";
            case Fault.BadHead f -> "bad-head";
            case Fault.SlowHead(var pause) -> "slow-head=" + pause.toMillis();
            case Fault.Delay(var pause) -> "delay=" + pause.toMillis();
            case Fault.Status(int code, int retryAfter) -> "status=" + code + (retryAfter < 0 ? "" : ":" + retryAfter);
            case Fault.StreamError f -> "stream-error";
        };
    }
}
