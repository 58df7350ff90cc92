package dev.penstock.bench.fleet;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetSpec;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench fleet}: the cost of publishing a large fleet again. */
@Command(
        name = "fleet",
        description = "What the writer of snapshots copies when one pod of a large fleet changes: bytes and time per"
                + " publication, beside copying everything; heap per pod; publications of a rolling restart.",
        mixinStandardHelpOptions = true)
public final class FleetCommand implements Callable<Integer> {

    private static final String SOURCE = "bench";
    /** Most bytes of a publication for one pod's change, and most publications a second. */
    private static final long MOST_BYTES = 200_000;
    private static final double MOST_PER_SECOND = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    @Option(names = "--pods", paramLabel = "N", description = "Pods. Default: ${DEFAULT-VALUE}.")
    private int pods = 5_000;

    @Option(names = "--models", paramLabel = "N", description = "Models, each on as many pods and with an alias."
            + " Default: ${DEFAULT-VALUE}.")
    private int models = 200;

    @Option(names = "--adapters", paramLabel = "N", description = "Adapters, each on " + FleetShape.PODS_OF_ADAPTER
            + " pods. Default: ${DEFAULT-VALUE}.")
    private int adapters = 2_000;

    @Option(names = "--shards", paramLabel = "N", description = "Shards. Default: ${DEFAULT-VALUE}.")
    private int shards = 2;

    @Option(names = "--changes", paramLabel = "N",
            description = "Changes of each kind, one to a publication. Default: ${DEFAULT-VALUE}.")
    private int changes = 3_000;

    @Override
    public Integer call() {
        FleetShape shape;
        try {
            shape = new FleetShape(pods, models, adapters);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        if (changes < 1 || shards < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--changes, --shards: expected at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        long empty = usedHeap();
        FleetSpec told = shape.all();
        long specs = usedHeap() - empty;
        // Those that have left hold their slots until all shards have seen it.
        HandDrivenWriter writer = new HandDrivenWriter(pods * 2, shards);
        try {
            writer.offer(new CacheCommand.PodsReplaced(SOURCE, told));
            writer.publish();
            long heap = usedHeap() - empty;
            out.printf(Locale.ROOT, "%,d pods, %,d models, %,d adapters, %d shards: %,d names%n", pods, models,
                    adapters, shards, writer.fleet().modelCount());
            out.printf(Locale.ROOT, "heap per pod: %,d bytes, of which %,d are what its source told%n", heap / pods,
                    specs / pods);
            PublishCost cost = new PublishCost(shape, writer, changes);
            List<PublishCost.Row> rows = cost.measure();
            print(out, rows);
            RestartRun.Outcome restart = RestartRun.run(shape, writer);
            out.printf(Locale.ROOT, "rolling restart: %,d events in %.1f s by the writer's clock: %,d publications,"
                    + " %.1f a second; models that vanished: %d%n", restart.events(), restart.seconds(),
                    restart.publications(), restart.perSecond(), restart.vanished());
            out.flush();
            return good(rows, restart) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            writer.close();
        }
    }

    private static void print(PrintWriter out, List<PublishCost.Row> rows) {
        PublishCost.Row everything = rows.getLast();
        out.printf("%n%-36s %14s %14s %12s %10s%n", "a publication because", "bytes, median", "bytes, most",
                "ns, median", "of all");
        for (PublishCost.Row row : rows) {
            out.printf(Locale.ROOT, "%-36s %,14d %,14d %,12d %9.2f%%%n", row.change(), row.medianBytes(),
                    row.mostBytes(), row.medianNanos(), 100.0 * row.medianBytes() / everything.medianBytes());
        }
        out.println();
    }

    private boolean good(List<PublishCost.Row> rows, RestartRun.Outcome restart) {
        PrintWriter err = spec.commandLine().getErr();
        boolean good = true;
        for (PublishCost.Row row : rows.subList(0, rows.size() - 1)) {
            if (row.medianBytes() > MOST_BYTES) {
                err.printf(Locale.ROOT, "penstock: %s: %,d bytes (expected: at most %,d)%n", row.change(),
                        row.medianBytes(), MOST_BYTES);
                good = false;
            }
        }
        if (restart.perSecond() > MOST_PER_SECOND || restart.vanished() > 0) {
            err.printf(Locale.ROOT, "penstock: rolling restart: expected at most %.0f publications a second, and no"
                    + " model that vanishes%n", MOST_PER_SECOND);
            good = false;
        }
        return good;
    }

    @SuppressWarnings("GarbageCollectorInvocation") // What is in use can only be told behind a collection.
    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
