package dev.penstock.bench.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench jmh}: what one step of a request costs. */
@Command(
        name = "jmh",
        description = {
            "Measure single steps: a router's decision, a look at the fleet, the mailbox, the body, a trace"
            + " record, admission.",
            "",
            "Each stands beside a yardstick of the same run (x yardstick): the ratio holds, the time is this machine's."
                + " What each benchmark does: docs/benchmarks.md.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class JmhCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Option(names = "--quick", description = "One fork and under a second each, instead of two forks and ten seconds.")
    private boolean quick;

    @Option(names = "--json", description = "At the end, one JSON object a line in place of the table.")
    private boolean json;

    @Option(names = "--list", description = "Name the benchmarks, and run none.")
    private boolean list;

    @Parameters(paramLabel = "NAME", description = "Parts of names, such as Pick or Mailbox.inline. Default: all.")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException {
        var out = spec.commandLine().getOut();
        if (list) {
            MicroBench.names().forEach(out::println);
            return CommandLine.ExitCode.OK;
        }
        try {
            var lines = MicroReport.lines(MicroBench.run(names, quick ? Effort.QUICK : Effort.FULL));
            out.println();
            out.print(json ? MicroReport.json(lines) : MicroReport.table(lines));
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println("penstock: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }
}
