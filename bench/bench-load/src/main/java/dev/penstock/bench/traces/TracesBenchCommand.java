package dev.penstock.bench.traces;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench traces}: whether every request is accounted for, whatever happens to Redis. */
@Command(
        name = "traces",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Count requests through three load balancers that share a Redis, and compare with what Redis has.",
            "",
            "Redis (redis-server, from the path) is killed twice, comes back empty, and then does not answer for a"
                + " while. Exit status 0 only if each window has what clients counted, or the balancers say exactly"
                + " what is missing.",
            ""
        })
public final class TracesBenchCommand implements Callable<Integer> {

    @Option(names = "--requests", paramLabel = "N", description = "Requests (${DEFAULT-VALUE}).")
    private long requests = 200_000;

    @Option(names = "--per-second", paramLabel = "N", description = "Requests a second (${DEFAULT-VALUE}).")
    private long perSecond = 2_500;

    @Option(names = "--cut-seconds", paramLabel = "S",
            description = "How long Redis does not answer (${DEFAULT-VALUE}).")
    private long cutSeconds = 30;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    /** Made by picocli. */
    public TracesBenchCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (requests < 1 || perSecond < 1 || cutSeconds < 0 || requests / perSecond < cutSeconds) {
            spec.commandLine().getErr().println("penstock: --requests " + requests + " --per-second " + perSecond
                    + " --cut-seconds " + cutSeconds + " (expected: a run that is longer than the cut)");
            return 2;
        }
        TraceVerdict verdict = new TracesBench(new TracesBench.Plan(requests, perSecond, cutSeconds), out).run();
        verdict.print(out);
        return verdict.unexplained().isEmpty() ? 0 : 1;
    }
}
