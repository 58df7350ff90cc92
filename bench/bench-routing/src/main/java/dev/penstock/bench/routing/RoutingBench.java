package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Runs a plan, one simulation after the other. Confined to one thread. */
final class RoutingBench {

    private final RoutingPlan plan;
    private final Simulation.Fleet fleet;
    private final Consumer<String> progress;
    private final Map<Trace, Yardsticks> yardsticks = new HashMap<>();
    private int done;

    /**
     * A bench.
     *
     * @param progress hears a line after each strategy in each cell
     */
    RoutingBench(RoutingPlan plan, Simulation.Fleet fleet, Consumer<String> progress) {
        this.plan = plan;
        this.fleet = fleet;
        this.progress = progress;
    }

    List<Row> run() {
        List<Row> rows = new ArrayList<>();
        plan.cells().forEach((cell, strategies) -> {
            for (Strategy strategy : strategies) {
                rows.add(run(cell, strategy));
            }
        });
        return rows;
    }

    /** What can be had of a trace. */
    Yardsticks yardsticks(Trace trace) {
        return yardsticks.computeIfAbsent(trace, any -> Yardsticks.of(any, fleet.model()));
    }

    private Row run(Cell cell, Strategy strategy) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int seed = 1; seed <= plan.seeds(); seed++) {
            outcomes.add(Simulation.run(fleet, strategy, cell, seed));
        }
        done += plan.seeds();
        Outcome mean = Outcome.mean(outcomes);
        progress.accept(String.format(Locale.ROOT, "%d of %d  %s %.0f%%  %s  %.2f s", done, plan.runs(), cell.name(),
                cell.load() * 100, strategy.label(), mean.ttftMean()));
        return new Row(strategy.label(), strategy.label().equals(Strategies.DEFAULT), cell, plan.seeds(), mean,
                yardsticks(cell.trace()).pooled());
    }

    /** One pod that is all pods in one: for its hit ratio, which no strategy can pass; its times have no meaning. */
    Outcome pooled(Cell cell) {
        FleetModel model = fleet.model();
        FleetModel one = new FleetModel(1, model.tokensPerSecond() * model.pods(), model.blocks() * model.pods(),
                model.stepNanos(), model.stepNanosPerRequest() / model.pods(), model.batch() * model.pods());
        return Simulation.run(new Simulation.Fleet(fleet.routers(), one), Strategy.of("round-robin"),
                new Cell(cell.trace(), cell.load(), Scenario.PLAIN), 1);
    }
}
