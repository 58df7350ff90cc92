package dev.penstock.bench.routing;

/**
 * What strategies are compared in.
 *
 * @param trace the requests
 * @param load share of the load at which round robin saturates the fleet
 * @param scenario what is not plain
 */
record Cell(Trace trace, double load, Scenario scenario) {

    /** The trace, and what is not plain about the run. */
    String name() {
        return scenario.name().isEmpty() ? trace.name() : trace.name() + ", " + scenario.name();
    }
}
