package dev.penstock.server.main;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Override
    public Integer call() throws InterruptedException {
        return Serving.untilStopped(options);
    }
}
