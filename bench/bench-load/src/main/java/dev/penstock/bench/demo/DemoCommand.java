package dev.penstock.bench.demo;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.server.Penstock;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows Penstock at work without a GPU. */
@Command(name = "demo", mixinStandardHelpOptions = true,
        description = {"Starts simulated engines and the load balancer, sends real requests through it, shows what was",
            "routed where, and serves until Ctrl-C."},
        footer = {"", "Examples:",
            "  penstock demo",
            "  penstock demo --once --port 0 --admin-port 0",
            "  penstock demo --engines 5 --strategy session-affinity"})
public final class DemoCommand implements Callable<Integer> {

    private static final String MODEL = "demo-model";

    @Option(names = {"-p", "--port"}, paramLabel = "PORT", defaultValue = "8080",
            description = "Traffic port (default ${DEFAULT-VALUE}); 0 takes a free one.")
    private String port = "8080";

    @Option(names = {"-a", "--admin-port"}, paramLabel = "PORT", defaultValue = "9090",
            description = "Admin port (default ${DEFAULT-VALUE}); 0 takes a free one.")
    private String adminPort = "9090";

    @Option(names = "--once", description = "End after the requests; exit status 0 only if all were answered and at"
            + " least two pods served.")
    private boolean once;

    @Option(names = "--engines", paramLabel = "N", defaultValue = "3",
            description = "Engines (default ${DEFAULT-VALUE}).")
    private int engines = 3;

    @Option(names = "--strategy", paramLabel = "NAME", defaultValue = "predicted-ttft",
            description = "Strategy or expression (default ${DEFAULT-VALUE}).")
    private String strategy = "predicted-ttft";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Made by picocli. */
    public DemoCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (engines < 1 || engines > 64) {
            spec.commandLine().getErr().println("penstock: --engines: " + engines + " (expected: 1 to 64)");
            return 2;
        }
        try (SimFleet fleet = SimFleet.builder().engines(engines).model(MODEL).start();
                Penstock penstock = start(fleet)) {
            out.println("penstock: warming up");
            out.flush();
            penstock.awaitReady(Duration.ofSeconds(30));
            DemoReport report = new DemoRequests("http://127.0.0.1:" + penstock.port(), MODEL).send();
            report.print(out);
            printUrls(out, fleet, penstock);
            if (once) {
                return report.good(Math.min(2, engines)) ? 0 : 1;
            }
            serveUntilStopped(out);
            return 0;
        }
    }

    private Penstock start(SimFleet fleet) {
        Penstock.Builder builder = Penstock.builder()
                .config("demo", configuration(fleet.addresses()))
                .setting("listen.port", port, "--port")
                .setting("admin.port", adminPort, "--admin-port")
                .setting("routing.strategy", strategy, "--strategy");
        String home = home();
        if (home != null) {
            builder.home(Path.of(home));
        }
        return builder.start();
    }

    private static @Nullable String home() {
        return System.getProperty("penstock.home");
    }

    static String configuration(List<String> addresses) {
        return "models:\n  - name: " + MODEL + "\n    endpoints: [" + String.join(", ", addresses) + "]\n";
    }

    private static void printUrls(PrintWriter out, SimFleet fleet, Penstock penstock) {
        String traffic = "http://localhost:" + penstock.port();
        String admin = "http://localhost:" + penstock.adminPort();
        out.println();
        out.println("Engines   " + String.join("  ", fleet.addresses()));
        out.println("Traffic   " + traffic + "/v1/models");
        out.println("Admin     " + admin + "/admin/snapshot  " + admin + "/metrics  " + admin + "/admin/config");
        out.println();
        out.println("Try it:");
        out.println("  curl -N " + traffic + "/v1/chat/completions -H 'content-type: application/json' \\");
        out.println("    -d '{\"model\":\"" + MODEL
                + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
        out.flush();
    }

    private static void serveUntilStopped(PrintWriter out) throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        Thread serving = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                // The engines and the balancer are closed by the thread that opened them.
                serving.join(Duration.ofSeconds(40));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "demo-shutdown"));
        out.println();
        out.println("Serving until Ctrl-C.");
        out.flush();
        stop.await();
    }
}
