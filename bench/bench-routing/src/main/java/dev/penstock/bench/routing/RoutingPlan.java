package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is run.
 *
 * @param cells the cells, each with the strategies that are run in it
 * @param seeds runs of each, with the seeds from 1 on
 */
record RoutingPlan(Map<Cell, List<Strategy>> cells, int seeds) {

    private static final double[] LOW = {0.03, 0.10, 0.30};
    private static final double[] HIGH = {0.60, 0.90, 1.10};
    private static final long LATE = 50_000_000;
    // A report waits half a period until it is written, and as long until it is read.
    private static final long SHARED = 100_000_000;

    /** Some minutes for each core: all strategies at all loads. */
    static RoutingPlan full(Trace conversation, Trace azure, int seeds) {
        Map<Cell, List<Strategy>> cells = new LinkedHashMap<>();
        Trace spread = Traces.spread(conversation);
        add(cells, spread, LOW, Strategies.all(), Scenario.PLAIN);
        add(cells, conversation, HIGH, Strategies.all(), Scenario.PLAIN);
        add(cells, azure, new double[] {0.60, 0.90}, Strategies.few(), Scenario.PLAIN);
        for (Scenario scenario : List.of(new Scenario("2 replicas", 2, 0, 0), new Scenario("4 replicas", 4, 0, 0),
                new Scenario("2 replicas that share", 2, 0, 0, SHARED),
                new Scenario("4 replicas that share", 4, 0, 0, SHARED),
                new Scenario("two speeds", 1, 4, 0), new Scenario("50 ms late", 1, 0, LATE))) {
            add(cells, conversation, new double[] {0.60, 0.90}, Strategies.inScenarios(), scenario);
        }
        return new RoutingPlan(cells, seeds);
    }

    /** Well under a minute: few strategies, three loads. */
    static RoutingPlan quick(Trace conversation, int seeds) {
        Map<Cell, List<Strategy>> cells = new LinkedHashMap<>();
        add(cells, Traces.spread(conversation), new double[] {0.10}, Strategies.few(), Scenario.PLAIN);
        add(cells, conversation, new double[] {0.60, 1.10}, Strategies.few(), Scenario.PLAIN);
        return new RoutingPlan(cells, seeds);
    }

    /** A trace of the user's. */
    static RoutingPlan of(Trace trace, boolean quick, int seeds) {
        Map<Cell, List<Strategy>> cells = new LinkedHashMap<>();
        if (quick) {
            add(cells, trace, new double[] {0.10, 0.60, 1.10}, Strategies.few(), Scenario.PLAIN);
        } else {
            add(cells, trace, LOW, Strategies.all(), Scenario.PLAIN);
            add(cells, trace, HIGH, Strategies.all(), Scenario.PLAIN);
        }
        return new RoutingPlan(cells, seeds);
    }

    private static void add(Map<Cell, List<Strategy>> cells, Trace trace, double[] loads, List<Strategy> strategies,
            Scenario scenario) {
        for (double load : loads) {
            cells.put(new Cell(trace, load, scenario), strategies);
        }
    }

    /** The same with some strategies only; with all of them where none is named. */
    RoutingPlan only(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        Map<Cell, List<Strategy>> some = new LinkedHashMap<>();
        cells.forEach((cell, all) -> {
            List<Strategy> wanted = all.stream()
                    .filter(strategy -> names.contains(strategy.expression()) || names.contains(strategy.label()))
                    .toList();
            if (!wanted.isEmpty()) {
                some.put(cell, wanted);
            }
        });
        return new RoutingPlan(some, seeds);
    }

    /** How many simulations that is. */
    int runs() {
        return seeds * cells.values().stream().mapToInt(List::size).sum();
    }

    /** The traces in it. */
    List<Trace> traces() {
        List<Trace> traces = new ArrayList<>();
        for (Cell cell : cells.keySet()) {
            if (!traces.contains(cell.trace())) {
                traces.add(cell.trace());
            }
        }
        return traces;
    }
}
