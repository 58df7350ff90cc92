package dev.penstock.bench.soak;

import dev.penstock.bench.sim.FaultPlan;
import java.time.Duration;

/**
 * How much, and how rough.
 *
 * @param seed     where everything random begins
 * @param requests how many requests at most
 * @param time     for how long at most
 * @param clients  how many clients at a time
 * @param engines  how many engines
 * @param faults   what requests ask engines to do wrong
 */
record SoakPlan(long seed, long requests, Duration time, int clients, int engines, FaultPlan faults) {
    private static final String FAULTS = "0.1% hang, 0.1% hang-after-head, 2% reset, 1% reset-after=40, "
            + "1% reset-after=400, 2% reset-mid-body, 1.5% close-mid-body, 0.2% trickle=0, 0.7% length-long, "
            + "0.7% length-short, 0.7% bad-head, 0.5% slow-head=10, 1% delay=50, 1% status=429:1, 1% status=500, "
            + "1% status=503, 0.3% status=400, 1% stream-error";

    /** A plan with a bit of every fault. */
    static SoakPlan of(long seed, long requests, Duration time) {
        return new SoakPlan(seed, requests, time, 128, 5, FaultPlan.parse(FAULTS));
    }
}
