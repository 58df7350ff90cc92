package dev.penstock.bench.routing;

/**
 * What is not as in the plain simulation.
 *
 * @param name how it is called; empty for the plain one
 * @param replicas balancers that take the requests in turn
 * @param slowPods pods of half the speed; the others are as much faster, so that the fleet can do the same
 * @param signalDelayNanos how late balancers hear of first tokens and ends
 * @param shareDelayNanos how late replicas hear what others have in flight and have sent where; 0 for never
 */
record Scenario(String name, int replicas, int slowPods, long signalDelayNanos, long shareDelayNanos) {

    /** One balancer that sees everything at once, pods of one speed. */
    static final Scenario PLAIN = new Scenario("", 1, 0, 0);

    /** Replicas that know nothing of each other. */
    Scenario(String name, int replicas, int slowPods, long signalDelayNanos) {
        this(name, replicas, slowPods, signalDelayNanos, 0);
    }

    /** Times the speed of the model's pods. */
    double speed(int pod, int pods) {
        return pod < slowPods ? 0.5 : (pods - 0.5 * slowPods) / (pods - slowPods);
    }
}
