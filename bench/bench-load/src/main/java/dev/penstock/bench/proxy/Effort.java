package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.EngineGroup;
import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.Pace;

/**
 * How much is sent.
 *
 * @param rounds how often each target is measured in each cell
 * @param directOnce whether the direct path is measured in the first round only; it has no cost to compare
 * @param jsonSeconds length of one measurement without streams
 * @param sseSeconds how long new streams are begun in one measurement
 * @param jsonWarmUp requests that warm up Penstock for a case without streams
 * @param sseWarmUp streams that warm up Penstock
 * @param idleSeconds how long Penstock is watched doing nothing
 */
record Effort(
        int rounds,
        boolean directOnce,
        double jsonSeconds,
        double sseSeconds,
        long jsonWarmUp,
        long sseWarmUp,
        double idleSeconds) {
    /** By the clock, percentiles want some requests. */
    private static final double LEAST_CLOCKED_SECONDS = 2;
    /** A stream of 500 chunks is so many times as long as one of 64, and more. */
    private static final int SLOW_STREAMS = 10;
    /** A handshake costs so many times as much as a request, about. */
    private static final int SLOW_HANDSHAKES = 20;

    /** For figures to be written down: about 40 minutes. */
    static final Effort FULL = new Effort(7, false, 5, 10, 120_000, 6_000, 10);
    /** For a look: under five minutes. */
    static final Effort QUICK = new Effort(3, true, 1, 1.2, 80_000, 2_000, 3);

    /** The same with another number of rounds. */
    Effort withRounds(int other) {
        return new Effort(other, directOnce, jsonSeconds, sseSeconds, jsonWarmUp, sseWarmUp, idleSeconds);
    }

    /** The same with measurements {@code factor} times as long. */
    Effort longer(double factor) {
        return new Effort(
                rounds, directOnce, jsonSeconds * factor, sseSeconds * factor, jsonWarmUp, sseWarmUp, idleSeconds);
    }

    /** The length of one measurement of {@code load}. */
    double seconds(LoadCase load) {
        if (load.pace().clocked()) {
            return Math.max(LEAST_CLOCKED_SECONDS, jsonSeconds);
        }
        return load.streaming() ? sseSeconds : jsonSeconds;
    }

    /** How often {@code load} is measured: where requests are few and slow, in fewer rounds. */
    int rounds(LoadCase load) {
        boolean slow = load.pace() == Pace.LOW || load.lane().engines() == EngineGroup.LONG;
        return slow ? Math.max(1, rounds / 2) : rounds;
    }

    /** Requests that warm up Penstock for {@code load}. */
    long warmUp(LoadCase load) {
        if (load.streaming()) {
            return load.lane().engines() == EngineGroup.STREAM ? sseWarmUp : sseWarmUp / SLOW_STREAMS;
        }
        return load.pace() == Pace.FRESH ? jsonWarmUp / SLOW_HANDSHAKES : jsonWarmUp / (load.atEveryCount() ? 1 : 2);
    }
}
