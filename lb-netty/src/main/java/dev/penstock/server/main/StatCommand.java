package dev.penstock.server.main;

import dev.penstock.core.config.Durations;
import dev.penstock.server.RunningFigures;
import dev.penstock.server.stat.FigureSource;
import dev.penstock.server.stat.StatRow;
import dev.penstock.server.stat.StatView;
import dev.penstock.server.stat.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "stat", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Shows each endpoint of a running load balancer, again and again, until Ctrl-C: state, requests in flight,",
            "prompt tokens that wait, requests a second, what the engine says of itself, and how long ago it said so.",
            "It reads the memory that the process keeps its figures in, and costs that process nothing. On the same",
            "machine, in the same container; elsewhere ask /admin/snapshot. In a pipe: plain tables, or JSON."},
        footer = {"", "Examples:",
            "  penstock stat                               the newest process of this machine",
            "  penstock stat --once --sort in-flight       one table, the busiest endpoint first",
            "  penstock stat --json --once | jq '.endpoints[].in_flight'"})
final class StatCommand implements Callable<Integer> {

    private static final long LEAST_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE",
            description = "The figures file, where figures.file names one.")
    private @Nullable Path file;

    @Option(names = "--pid", paramLabel = "PID", description = "Which process; the newest by default.")
    private @Nullable Long pid;

    @Option(names = {"-1", "--once"}, description = "One sample, after one interval, then the end.")
    private boolean once;

    @Option(names = {"-j", "--json"}, description = "A JSON document in a line for each sample, with all gauges.")
    private boolean json;

    @Option(names = "--sort", paramLabel = "ORDER", defaultValue = "name",
            description = "name, in-flight, tokens, rate, kv, waiting, age or state; name by default.")
    private String sort = "name";

    @Option(names = {"-i", "--interval"}, paramLabel = "TIME", defaultValue = "1s",
            description = "Time between two samples, 10ms or more; 1s by default.")
    private String interval = "1s";

    @Option(names = {"-m", "--model"}, paramLabel = "NAME", defaultValue = "",
            description = "Only endpoints that serve this model.")
    private String model = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StatView.Style style = new StatView.Style(json, order(), model, intervalNanos());
        if (file != null && pid != null) {
            throw new ParameterException(spec.commandLine(), "FILE or --pid, not both");
        }
        try (FigureSource source = file != null ? RunningFigures.of(file) : RunningFigures.find(pid)) {
            if (pid == null && !source.others().isEmpty()) {
                spec.commandLine().getErr().println("penstock: showing " + source.pid()
                        + "; --pid chooses another one: "
                        + source.others().stream().map(String::valueOf).collect(Collectors.joining(" ")));
            }
            // Not the command line's own writer: that one never learns that nobody reads the pipe any more.
            PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
            Terminal terminal = new Terminal();
            Semaphore never = new Semaphore(0);
            new StatView(source, style, out, terminal::size, nanos -> {
                if (never.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException();
                }
            }).show(once);
        }
        return 0;
    }

    private StatRow.Order order() {
        for (StatRow.Order order : StatRow.Order.values()) {
            if (word(order).equals(sort)) {
                return order;
            }
        }
        throw new ParameterException(spec.commandLine(), "--sort: " + sort + " (expected: one of "
                + Arrays.stream(StatRow.Order.values()).map(StatCommand::word).collect(Collectors.joining(", ")) + ")");
    }

    private static String word(StatRow.Order order) {
        return order.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private long intervalNanos() {
        try {
            long nanos = Durations.nanos(interval);
            if (nanos >= LEAST_INTERVAL_NANOS) {
                return nanos;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--interval: " + interval + " (" + e.getMessage() + ")",
                    e);
        }
        throw new ParameterException(spec.commandLine(), "--interval: " + interval + " (expected: 10ms or more)");
    }
}
