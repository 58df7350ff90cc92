package dev.penstock.bench.scrape;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench scrape}: what it costs to read the metrics of many engines. */
@Command(
        name = "scrape",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure what it costs to read the metrics pages of many engines.",
            "",
            "Simulated engines show pages as vLLM does. lb-scrape asks all of them once in each interval; beside it,"
                + " in the same run, a plain reader asks as often and looks at no byte. Compare CPU time per page;"
                + " ages are those of figures at random moments.",
            ""
        })
public final class ScrapeBenchCommand implements Callable<Integer> {

    @Option(names = "--endpoints", paramLabel = "N", description = "Engines (${DEFAULT-VALUE}).")
    private int endpoints = 500;

    @Option(names = "--page-bytes", paramLabel = "N", description = "Size of a page (${DEFAULT-VALUE}).")
    private int pageBytes = 60_000;

    @Option(names = "--interval-ms", paramLabel = "MS",
            description = "Time between two pages of an engine (${DEFAULT-VALUE}).")
    private long intervalMillis = 1_000;

    @Option(names = "--warm-up-ms", paramLabel = "MS", description = "Time that does not count (${DEFAULT-VALUE}).")
    private long warmUpMillis = 10_000;

    @Option(names = "--ms", paramLabel = "MS", description = "Time that counts (${DEFAULT-VALUE}).")
    private long millis = 20_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
    private CommandSpec spec;

    /** Made by picocli. */
    public ScrapeBenchCommand() {}

    @Override
    public Integer call() throws Exception {
        ScrapeBench.Result result = new ScrapeBench(new ScrapeBench.Plan(endpoints, pageBytes,
                TimeUnit.MILLISECONDS.toNanos(intervalMillis), TimeUnit.MILLISECONDS.toNanos(warmUpMillis),
                TimeUnit.MILLISECONDS.toNanos(millis))).run();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%d endpoints, %d bytes a page, every %d ms%n", endpoints, pageBytes, intervalMillis);
        out.printf(Locale.ROOT, "pages read    %d (%d refused)%n", result.pages(), result.refused());
        out.printf(Locale.ROOT, "cpu per page  %.1f us (plain reader %.1f us, ratio %.2f)%n", result.scrapeMicros(),
                result.plainMicros(), result.ratio());
        out.printf(Locale.ROOT, "age           p50 %.2f, p99 %.2f intervals%n", result.ageP50(), result.ageP99());
        out.flush();
        return 0;
    }
}
