package dev.penstock.server.main;

import dev.penstock.server.Penstock;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Runs the load balancer until it is told to stop (Ctrl-C or SIGTERM); then lets running requests end.",
            "Told once more, it ends at once.",
            "Settings come from the file, then PENSTOCK_… variables, then flags; /admin/config tells which."},
        footer = {"", "Examples:",
            "  penstock serve --config penstock.yaml",
            "  penstock serve --config penstock.yaml --port 0 --admin-port 0 --set routing.strategy=round-robin",
            "  PENSTOCK_TIMEOUTS_FIRST_BYTE=30s penstock serve --config penstock.yaml"})
final class ServeCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Penstock penstock = options.builder().start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            SecondSignal.endsAtOnce(PenstockMain::halt);
            penstock.leave();
            penstock.close();
            stopped.countDown();
        }, "lb-shutdown"));
        PrintWriter out = spec.commandLine().getOut();
        out.println("penstock: traffic  http://localhost:" + penstock.port() + "/v1/models");
        out.println("penstock: admin    http://localhost:" + penstock.adminPort()
                + "  (/healthz /readyz /metrics /admin/config /admin/snapshot /admin/plugins)");
        out.flush();
        stopped.await();
        return 0;
    }
}
