package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * Runs a plan. Simulations have nothing to do with each other, so some run at once; what is told, and in which order,
 * does not depend on that. Confined to one thread, which the simulations' own threads do not call.
 */
final class RoutingBench {

    // Each simulation takes up to 100 MB.
    private static final int MOST_AT_ONCE = 8;

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

    private record Running(Cell cell, Strategy strategy, List<Future<Outcome>> outcomes) {}

    List<Row> run() {
        int atOnce = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_AT_ONCE);
        List<Row> rows = new ArrayList<>();
        ThreadFactory named = Thread.ofPlatform().name("sim-", 0).factory();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce, named)) {
            try {
                List<Running> running = new ArrayList<>();
                plan.cells().forEach((cell, strategies) ->
                        strategies.forEach(strategy -> running.add(begin(cell, strategy, threads))));
                running.forEach(each -> rows.add(row(each)));
            } finally {
                // Where one has failed, nobody waits for the others.
                threads.shutdownNow();
            }
        }
        return rows;
    }

    /** What can be had of a trace. */
    Yardsticks yardsticks(Trace trace) {
        return yardsticks.computeIfAbsent(trace, any -> Yardsticks.of(any, fleet.model()));
    }

    private Running begin(Cell cell, Strategy strategy, ExecutorService threads) {
        List<Future<Outcome>> outcomes = new ArrayList<>();
        for (int i = 1; i <= plan.seeds(); i++) {
            long seed = i;
            outcomes.add(threads.submit(() -> Simulation.run(fleet, strategy, cell, seed)));
        }
        return new Running(cell, strategy, outcomes);
    }

    private Row row(Running running) {
        Cell cell = running.cell;
        Strategy strategy = running.strategy;
        Outcome mean = Outcome.mean(running.outcomes.stream().map(RoutingBench::outcome).toList());
        done += plan.seeds();
        progress.accept(String.format(Locale.ROOT, "%d of %d  %s %.0f%%  %s  %.2f s", done, plan.runs(), cell.name(),
                cell.load() * 100, strategy.label(), mean.ttftMean()));
        return new Row(strategy.label(), strategy.label().equals(Strategies.DEFAULT), cell, plan.seeds(), mean,
                yardsticks(cell.trace()).pooled());
    }

    private static Outcome outcome(Future<Outcome> of) {
        try {
            return of.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a simulation has failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
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
