package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.report.JsonReport;
import dev.penstock.bench.proxy.report.TableReport;
import dev.penstock.bench.proxy.target.PenstockOptions;
import dev.penstock.bench.proxy.target.ProxyKind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench proxy}: Penstock beside nginx and HAProxy, the same engines and the same load, in one run. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure Penstock beside nginx and HAProxy: the same engines and the same load in one run.",
            "",
            "Starts simulated engines and each proxy that is installed, on ports of its own. Sends chat completions"
                + " through nothing (direct), nginx, HAProxy and Penstock, in turn, round after round, and prints"
                + " medians."
                + " Compare CPU time per request (cpu us): it holds on a noisy machine; requests/s does not."
                + " Differences under 10 %% are noise. What each column means: docs/benchmarks.md.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  penstock bench proxy --quick",
            "  penstock bench proxy --cases sse --connections 64 --rounds 15",
            "  penstock bench proxy --cases json-1k --proxies nginx,penstock"
                + " --penstock-opts \"-agentpath:/opt/libasyncProfiler.so=start,event=cpu,file=/tmp/cpu.html\""
        })
public final class ProxyBenchCommand implements Callable<Integer> {
    private static final Pattern SPACES = Pattern.compile("\\s+");

    @Option(
            names = "--quick",
            description = "3 short rounds, under 5 minutes, instead of 7 long ones, about 40 minutes.")
    private boolean quick;

    @Option(names = "--json", description = "Print one JSON object a line; all else goes to standard error.")
    private boolean json;

    @Option(
            names = "--cases",
            split = ",",
            paramLabel = "CASE",
            description = "What to send: json-1k, json-16k, sse, tls, tls-handshake, h2, h2-sse, prompt-240k,"
                + " engines-200, latency. Default: all.")
    private List<String> cases = new ArrayList<>();

    @Option(
            names = "--connections",
            split = ",",
            defaultValue = "64,512",
            paramLabel = "N",
            description = "Connections at once; cases other than the first three take the smallest number only."
                + " Default: ${DEFAULT-VALUE}.")
    private List<Integer> connections = new ArrayList<>();

    @Option(
            names = "--proxies",
            split = ",",
            defaultValue = "direct,nginx,haproxy,penstock",
            paramLabel = "PROXY",
            description = "What to send it through: direct, nginx, haproxy, penstock. Default: all.")
    private List<String> proxies = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds, in place of 7 or 3.")
    private @Nullable Integer rounds;

    @Option(
            names = "--longer",
            paramLabel = "FACTOR",
            defaultValue = "1",
            description = "Make each measurement FACTOR times as long. Default: 1.")
    private double longer;

    @Option(
            names = "--strategy",
            defaultValue = "least-request",
            paramLabel = "NAME",
            description = "Penstock's routing strategy. Default: ${DEFAULT-VALUE}.")
    private String strategy = "";

    @Option(
            names = "--penstock-opts",
            defaultValue = "",
            paramLabel = "OPTIONS",
            description = "More options for Penstock's JVM, separated by spaces: a profiler's agent, a heap size.")
    private String penstockOptions = "";

    @Option(
            names = "--idle",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Measure what Penstock uses when idle (the default; --no-idle to leave it out).")
    private boolean idle;

    @Option(names = "--alloc", description = "Measure the bytes that Penstock allocates for one JSON request.")
    private boolean allocation;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        try {
            BenchPlan plan = plan();
            ProxyBench.Outcome outcome = new ProxyBench(plan, line -> say(err, line)).run();
            if (json) {
                outcome.rows().forEach(row -> out.println(JsonReport.line(row)));
            } else {
                out.print(TableReport.render(outcome.rows()));
                out.print(TableReport.renderClocked(outcome.rows()));
            }
            PrintWriter notes = json ? err : out;
            if (outcome.rows().stream().anyMatch(row -> row.errors() > 0 || row.perSecond() == 0)) {
                notes.println("requests failed: rows with errors, or without requests, say nothing about cost");
            }
            outcome.footnotes().forEach(notes::println);
            notes.println(String.format(
                    Locale.ROOT,
                    "%d rounds, medians; warm-up of penstock %d requests for a JSON case, %d streams; strategy %s;"
                            + " %.0f s",
                    plan.effort().rounds(),
                    plan.effort().jsonWarmUp(),
                    plan.effort().sseWarmUp(),
                    strategy,
                    (System.nanoTime() - start) / 1e9));
            out.flush();
            err.flush();
            return CommandLine.ExitCode.OK;
        } catch (BenchException e) {
            say(err, e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private BenchPlan plan() {
        Effort effort = quick ? Effort.QUICK : Effort.FULL;
        if (rounds != null) {
            effort = effort.withRounds(atLeastOne("--rounds", rounds));
        }
        if (!(longer > 0)) {
            throw new BenchException("--longer wants a number above 0");
        }
        connections.forEach(number -> atLeastOne("--connections", number));
        return new BenchPlan(
                cases.isEmpty() ? List.of(LoadCase.values()) : cases.stream().map(LoadCase::of).toList(),
                connections,
                proxies.stream().map(ProxyKind::of).toList(),
                effort.longer(longer),
                new PenstockOptions(strategy, jvmOptions()),
                idle,
                allocation);
    }

    private List<String> jvmOptions() {
        return SPACES.splitAsStream(penstockOptions).filter(option -> !option.isBlank()).toList();
    }

    private static int atLeastOne(String option, int number) {
        if (number < 1) {
            throw new BenchException(option + " wants a number above 0, not " + number);
        }
        return number;
    }

    private static void say(PrintWriter err, @Nullable String line) {
        err.println("bench: " + line);
        err.flush();
    }
}
