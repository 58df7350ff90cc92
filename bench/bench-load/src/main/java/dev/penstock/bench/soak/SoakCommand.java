package dev.penstock.bench.soak;

import dev.penstock.bench.proxy.target.PenstockHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code soak}: load under faults, and the question how each request ends. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 120,
        description = {
            "Load under faults: clients of every kind, engines that fail, die and come back, a pod file that changes.",
            "Exit status 0 only if every request ended with a whole answer, a clear error or an honest abort, and if "
                    + "nothing was left at the end: no counter, no thread, no descriptor.",
            ""},
        footer = {
            "",
            "Examples:",
            "  a short one:               penstock soak --requests 5000",
            "  over lunch:                penstock soak --minutes 60",
            "  what failed, once more:    penstock soak --seed 4711",
            "  and leaks of buffers:      PENSTOCK_JAVA_OPTS=-Dio.netty.leakDetection.level=paranoid penstock soak"})
public final class SoakCommand implements Callable<Integer> {
    private static final long REQUESTS = 20_000;

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup
    private @Nullable Length length;

    @Option(names = "--seed", paramLabel = "N",
            description = "Where randomness begins; by default another one each time.")
    private @Nullable Long seed;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "128",
            description = "Clients at a time (${DEFAULT-VALUE}).")
    private int clients;

    @Option(names = "--engines", paramLabel = "N", defaultValue = "5",
            description = "Simulated engines (${DEFAULT-VALUE}).")
    private int engines;

    /** How long it takes. */
    private static final class Length {
        @Option(names = "--minutes", paramLabel = "N", description = "For how long.")
        private @Nullable Integer minutes;

        @Option(names = "--requests", paramLabel = "N", description = "How many requests (" + REQUESTS + ").")
        private @Nullable Long requests;
    }

    /** Made by picocli. */
    public SoakCommand() {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("run by picocli only");
        }
        PenstockHome home = PenstockHome.find();
        if (home == null) {
            throw new ParameterException(command.commandLine(), "no distribution found (expected: the folder in the "
                    + "system property " + PenstockHome.PROPERTY + ", or a checkout that is built)");
        }
        PrintWriter out = command.commandLine().getOut();
        SoakPlan plan = plan(command);
        out.println("Soak with seed " + plan.seed() + ": " + plan.clients() + " clients, " + plan.engines()
                + " engines.");
        out.flush();
        Path directory = Soak.temporaryDirectory();
        try {
            SoakReport report = new Soak(plan, builder -> builder.home(home.folder()), directory).run();
            report.print(out);
            return report.good() ? 0 : 1;
        } finally {
            Soak.delete(directory);
        }
    }

    private SoakPlan plan(CommandSpec command) {
        Integer minutes = length == null ? null : length.minutes;
        Long requests = length == null ? null : length.requests;
        if (clients < 1 || engines < 2 || (minutes != null && minutes < 1) || (requests != null && requests < 1)) {
            throw new ParameterException(command.commandLine(), "expected: at least one client, two engines, and a "
                    + "length of at least 1");
        }
        long most = minutes != null ? Long.MAX_VALUE : requests != null ? requests : REQUESTS;
        Duration time = Duration.ofMinutes(minutes != null ? minutes : 24 * 60);
        SoakPlan usual = SoakPlan.of(seed != null ? seed : ThreadLocalRandom.current().nextInt(1_000_000), most, time);
        return new SoakPlan(usual.seed(), most, time, clients, engines, usual.faults());
    }
}
