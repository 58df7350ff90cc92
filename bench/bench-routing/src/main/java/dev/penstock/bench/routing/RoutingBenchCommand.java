package dev.penstock.bench.routing;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench routing}: which strategy is how good. */
@Command(
        name = "routing",
        description = {
            "Compare strategies: the real routers, on a simulated clock, before a simulated fleet that gets the "
                + "requests of public traces.",
            "",
            "Deterministic: the same figures on any machine. They rank strategies under one model, and promise nothing "
                + "about any GPU. What is simulated, and what to believe: docs/benchmarks.md.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class RoutingBenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Option(names = "--trace", paramLabel = "FILE", description = {
        "Requests of your own: lines of JSON with timestamp (ms), input_length, output_length and hash_ids (a number "
            + "for each 512 tokens of the prompt; equal numbers are equal prefixes), or CSV with a head line and "
            + "TIMESTAMP,ContextTokens,GeneratedTokens. A name with .csv means CSV; one that ends in .gz is "
            + "compressed. Default: Mooncake's conversation trace and Azure's of 2023."})
    private @Nullable Path file;

    @Option(names = "--quick", description = "One run each of some strategies at three loads, under a minute.")
    private boolean quick;

    @Option(names = "--json", description = "One JSON object a line on standard output, all else on standard error.")
    private boolean json;

    @Option(names = "--seeds", paramLabel = "N", description = "Runs of each, whose mean is told. Default: 3, or 1.")
    private @Nullable Integer seeds;

    @Option(names = "--strategies", paramLabel = "NAME", split = ",",
            description = "Only these strategies, in all their variants, or by their labels in the table; then "
                + "targets are not told.")
    private List<String> strategies = List.of();

    @Option(names = "--requests", paramLabel = "N",
            description = "Only the first requests of each trace; then targets are not told.")
    private int requests = Integer.MAX_VALUE;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        FleetModel model = FleetModel.STANDARD;
        int runs = seeds == null ? quick ? 1 : 3 : seeds;
        if (runs < 1 || requests < 1) {
            err.println("penstock: --seeds, --requests: expected: 1 or more");
            return CommandLine.ExitCode.USAGE;
        }
        RoutingPlan plan;
        List<String> wrong;
        try {
            Trace conversation = Traces.conversation();
            wrong = check(conversation, model, json ? err : out);
            plan = plan(conversation, model, runs).only(strategies);
        } catch (IOException e) {
            err.println("penstock: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (!wrong.isEmpty()) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        RoutingBench bench = new RoutingBench(plan, new Simulation.Fleet(Routers.find(), model), line -> {
            err.println(line);
            err.flush();
        });
        List<Row> rows = bench.run();
        if (json) {
            rows.forEach(row -> out.println(RoutingReport.json(row)));
        } else {
            tables(plan, bench, rows, out::println);
        }
        if (file == null && requests == Integer.MAX_VALUE && strategies.isEmpty()) {
            targets(rows, (json ? err : out)::println);
        }
        out.flush();
        err.flush();
        return CommandLine.ExitCode.OK;
    }

    private RoutingPlan plan(Trace conversation, FleetModel model, int runs) throws IOException {
        if (file != null) {
            return RoutingPlan.of(Traces.read(file, model).first(requests), quick, runs);
        }
        Trace some = conversation.first(requests);
        return quick ? RoutingPlan.quick(some, runs)
                : RoutingPlan.full(some, Traces.azure(model).first(requests), runs);
    }

    /** The four hit ratios without which no figure of the simulation is to be believed. */
    private static List<String> check(Trace conversation, FleetModel model, PrintWriter to) {
        Yardsticks yardsticks = Yardsticks.of(conversation, model);
        to.printf("checks: hits of one cache without bound %.3f, round robin over %d without bound %.3f, one pooled "
                + "cache %.3f, round robin %.3f%n", yardsticks.ideal(), model.pods(),
                yardsticks.roundRobinUnbounded(), yardsticks.pooled(), yardsticks.roundRobin());
        List<String> wrong = yardsticks.wrong();
        wrong.forEach(line -> to.println("penstock: " + line));
        to.flush();
        return wrong;
    }

    private static void tables(RoutingPlan plan, RoutingBench bench, List<Row> rows, Consumer<String> out) {
        for (Cell cell : plan.cells().keySet()) {
            List<Row> ofIt = rows.stream().filter(row -> row.cell().equals(cell)).toList();
            out.accept("");
            out.accept(RoutingReport.table(cell, ofIt, bench.yardsticks(cell.trace()),
                    bench.pooled(cell)).stripTrailing());
        }
        out.accept("");
    }

    private static void targets(List<Row> rows, Consumer<String> out) {
        List<Targets.Target> targets = Targets.of(rows);
        targets.forEach(target -> out.accept((target.holds() ? "holds   " : "MISSED  ") + target.text()));
        long held = targets.stream().filter(Targets.Target::holds).count();
        out.accept(held + " of " + targets.size() + " targets hold");
    }
}
