package dev.penstock.bench.sim;

/**
 * What happened to one engine so far. Every figure may be read and awaited from any thread.
 *
 * @param accepted    connections accepted since the start
 * @param connections connections open now
 * @param used        connections over which a fixed answer was asked for at least once
 * @param requests    requests received whole since the start
 * @param inFlight    requests received and not ended
 * @param maxInFlight the most that {@code inFlight} ever was
 * @param completed   answers written to their last byte, errors included
 * @param aborted     requests whose client went away before the last byte; their generation was stopped at once
 * @param faulted     requests that a fault was applied to
 * @param tokens      output tokens generated
 */
public record EngineCounters(Tally accepted, Tally connections, Tally used, Tally requests, Tally inFlight,
                             Tally maxInFlight, Tally completed, Tally aborted, Tally faulted, Tally tokens) {

    EngineCounters() {
        this(new Tally(), new Tally(), new Tally(), new Tally(), new Tally(), new Tally(), new Tally(), new Tally(),
                new Tally(), new Tally());
    }

    void begun() {
        requests.increment();
        maxInFlight.raiseTo(inFlight.increment());
    }
}
