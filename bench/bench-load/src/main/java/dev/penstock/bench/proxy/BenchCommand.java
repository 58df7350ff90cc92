package dev.penstock.bench.proxy;

import dev.penstock.bench.chat.ChatBenchCommand;
import dev.penstock.bench.fleet.FleetCommand;
import dev.penstock.bench.jmh.JmhCommand;
import dev.penstock.bench.routing.RoutingBenchCommand;
import dev.penstock.bench.scrape.ScrapeBenchCommand;
import dev.penstock.bench.start.StartBenchCommand;
import dev.penstock.bench.traces.TracesBenchCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bench}: what there is to measure. */
@Command(
        name = "bench",
        description = "Measure Penstock.",
        mixinStandardHelpOptions = true,
        subcommands = {ProxyBenchCommand.class, ChatBenchCommand.class, RoutingBenchCommand.class,
            ScrapeBenchCommand.class, FleetCommand.class, JmhCommand.class, StartBenchCommand.class,
            TracesBenchCommand.class})
public final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
